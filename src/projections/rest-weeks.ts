export const ruleRests = (rest: readonly string[], week: string): boolean => rest.includes(week);
