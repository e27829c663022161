import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { isDollars } from './setting-values.ts';

/** What the deployment may cost a month before somebody is told, in US dollars, where nothing else is said. */
export const BUDGET_DOLLARS = 10;

/**
 * Tells when the account's costs of a month reach the sum, or will. They are the account's: what a tag costs is known only where somebody
 * has switched that tag on for costs, and a budget that silently counts nothing is worse than one that counts too much.
 */
export class MonthlyBudget extends Construct {
  constructor(scope: Construct, id: string, { dollars, topic }: { dollars: number; topic: ITopic }) {
    super(scope, id);
    const told = (notificationType: 'ACTUAL' | 'FORECASTED'): CfnBudget.NotificationWithSubscribersProperty => ({
      notification: {
        notificationType,
        comparisonOperator: 'GREATER_THAN',
        threshold: 100,
        thresholdType: 'PERCENTAGE',
      },
      subscribers: [{ subscriptionType: 'SNS', address: topic.topicArn }],
    });
    const budget = new CfnBudget(this, 'Monthly', {
      // No name: those of an account must differ.
      budget: { budgetType: 'COST', timeUnit: 'MONTHLY', budgetLimit: { amount: dollars, unit: 'USD' } },
      notificationsWithSubscribers: [told('ACTUAL'), told('FORECASTED')],
    });
    budget.node.addDependency(topic); // It is refused while it may not publish there.
  }
}

/** The sum that `-c budget=…` names; undefined for `off`. */
export const budgetOf = (given: string | undefined): number | undefined => {
  if (given === undefined) return BUDGET_DOLLARS;
  if (given === 'off') return undefined;
  if (isDollars(given)) return Number(given);
  throw new Error(`-c budget: expected whole US dollars a month, or off, got ${JSON.stringify(given)}`);
};
