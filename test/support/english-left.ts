/** What is no sentence of ours: what one types or reads elsewhere as it is, such as commands, options, addresses and names in quotation marks. */
const AS_IS = [
  /https?:\/\/[^\s)]+/g,
  /"[^"]*"/g,
  /'[^']*'/g,
  /^til: /gm,
  /\btil [a-z-]+/g,
  /\bfile:\S*/g,
  /\/[\w./~-]+/g,
  /^ {2}til .*$/gm,
  /--?[a-z][\w-]*( <[\w-]+>)?/g,
  /[{([][^\p{Script=Hangul}]*?[)}\]]/gu,
  /<[^<>]*>/g,
];

/** The English sentences, or pieces of them, in a Korean text: two words or more, one after the other, all of small letters. */
export const englishIn = (text: string): string[] => {
  const rest = AS_IS.reduce((left, pattern) => left.replace(pattern, ' | '), text);
  return rest.match(/\b[A-Za-z]?[a-z']+(?:[;:]? [a-z']{2,})+/g) ?? [];
};
