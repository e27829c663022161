import type { Resource, Statement } from '../cdk/stack.ts';

/** Something that somebody wants to do. `action` as IAM writes it (`s3:GetObject`), `resource` an ARN of the template. */
export interface Attempt {
  /** A role's name in the template, or one of `OUTSIDERS`. */
  who: string;
  action: string;
  resource: string;
  /** Condition keys, such as `s3:if-none-match`; `aws:SecureTransport` is `true` where it is not said. */
  context?: Record<string, string>;
}

/** Who is no role of the stack: an administrator of the account, and the role by which CloudFormation deploys. Both are allowed everything. */
export const OUTSIDERS = {
  administrator: 'arn:<AWS::Partition>:iam::<AWS::AccountId>:user/administrator',
  deployer:
    'arn:<AWS::Partition>:iam::<AWS::AccountId>:role/cdk-hnb659fds-cfn-exec-role-<AWS::AccountId>-<AWS::Region>',
};

const ALL: Statement = { Effect: 'Allow', Action: '*', Resource: '*' };

/**
 * Decides as IAM does within one account, by the policies of a synthesised template: what a statement denies is denied, else what the
 * role's or the resource's own policy allows is allowed. A condition or a form of statement that it does not know is an error.
 */
export const policiesOf = (resources: ReadonlyMap<string, Resource>) => {
  const policies = [...resources.values()].filter(({ Properties }) => 'PolicyDocument' in Properties);
  const statementsOf = ({ Properties }: Resource): Statement[] =>
    (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement;
  const ofResources = policies.filter(({ Type }) => Type !== 'AWS::IAM::Policy');
  /** A bucket's or a queue's policy says nothing about another's objects, whatever resources it names. */
  const ofResource = (resource: string): Statement[] =>
    ofResources.filter((policy) => ownersOf(policy).some((owner) => resource.startsWith(owner))).flatMap(statementsOf);

  const ofIdentity = (who: string): Statement[] => {
    if (who in OUTSIDERS) return [ALL];
    if (resources.get(who)?.Type !== 'AWS::IAM::Role') throw new Error(`${who} is no role of the template`);
    const attached = ({ Properties }: Resource) => [Properties['Roles']].flat().includes(`<${who}>`);
    return policies.filter((policy) => policy.Type === 'AWS::IAM::Policy' && attached(policy)).flatMap(statementsOf);
  };

  return {
    isAllowed: (attempt: Attempt): boolean => {
      const context = {
        'aws:SecureTransport': 'true',
        'aws:PrincipalArn': OUTSIDERS[attempt.who as keyof typeof OUTSIDERS] ?? `<${attempt.who}.Arn>`,
        ...attempt.context,
      };
      const matching = [...ofIdentity(attempt.who), ...ofResource(attempt.resource).filter(isForEverybody)].filter(
        (statement) => applies(statement, attempt, context),
      );
      return matching.length > 0 && matching.every(({ Effect }) => Effect === 'Allow');
    },
  };
};

export type Policies = ReturnType<typeof policiesOf>;

/** The ARNs of what a policy is attached to, as they begin. */
const ownersOf = ({ Properties }: Resource): string[] =>
  [Properties['Bucket'] ?? Properties['Queues'] ?? Properties['Topics'] ?? []]
    .flat()
    .map((name) => String(name).replace(/>$/, '.Arn>'));

/** A service's own statement says nothing about people and roles. */
const isForEverybody = ({ Principal }: Statement): boolean => {
  if (Principal === '*' || (Principal as { AWS?: unknown } | undefined)?.AWS === '*') return true;
  if (typeof Principal === 'object' && Principal !== null && Object.keys(Principal).join() === 'Service') return false;
  throw new Error(`unknown principal ${JSON.stringify(Principal)}`);
};

const applies = (statement: Statement, { action, resource }: Attempt, context: Record<string, string>): boolean => {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  const isAction = Action ? matches(Action, action) : !matches(NotAction ?? [], action);
  const isResource = Resource ? matches(Resource, resource) : !matches(NotResource ?? [], resource);
  return (
    isAction && isResource && Object.entries(Condition).every(([operator, keys]) => holds(operator, keys, context))
  );
};

const matches = (patterns: string | string[], text: string): boolean =>
  [patterns].flat().some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
    return new RegExp(`^${parts.join('.*')}$`).test(text);
  });

/** All keys of an operator must hold; of a key's values one, or, where it is negated, none. */
const holds = (operator: string, keys: Record<string, string | string[]>, context: Record<string, string>): boolean =>
  Object.entries(keys).every(([key, values]) => {
    const value = context[key];
    if (operator === 'Null') return (value === undefined) === ([values].flat().join() === 'true');
    if (operator === 'ArnNotEquals') return value === undefined || !matches(values, value);
    if (operator === 'Bool' || operator === 'StringEquals') return [values].flat().some((each) => each === value);
    throw new Error(`unknown operator ${operator}`);
  });
