import type { CommandText } from './command-text.ts';

/** What a deployment says, in Korean. */
export const koDeploy: CommandText['deploy'] = {
  asBefore: (setting, value) => `지난 배포와 같이: ${setting}=${value}`,
  noSetting: (setting, value) => `없는 설정이라 이제 남기지 않아요: ${setting}=${value}`,
  strangers: (name, others) =>
    `${name} 스택은 없고 ${others} 스택이 있어요. 어느 것인지 -c stackName=…으로 적어 주세요. 새 스택의 이름도 그렇게 적어요`,
  untold: (name) =>
    `${name} 스택이 전에 받은 설정을 아직 몰라요. -c alarmEmail=you@example.com, 받을 사람이 없으면 -c alarmEmail=을 한 번 더 적어 주세요`,
  noStack: (name) => `cdk deploy가 끝났는데 ${name} 스택이 없어요`,
  leftToDo: ({ files, outputs, email }) => `
대시보드 파일 ${files}개를 올렸어요: ${outputs['DashboardUrl']}

${
  email
    ? `알람은 ${email}(으)로 가요. AWS가 보낸 메일에서 "Confirm subscription"을 눌러 주세요.`
    : '알람을 받는 사람이 없어요. -c alarmEmail=you@example.com을 적어 다시 배포해 주세요.'
}

한 번만 하면 되는 일:
  1. https://api.slack.com/apps 에서 아래 매니페스트로 슬랙 앱을 만들고 설치해 주세요.
  2. 두 비밀 값을 봇에게 주세요:
       aws secretsmanager put-secret-value --region ${outputs['Region']} --secret-id ${outputs['SecretArn']} \\
         --secret-string '{"SLACK_BOT_TOKEN":"xoxb-…","SLACK_SIGNING_SECRET":"…"}'
  3. 늦어도 5분 뒤에는 함수가 값을 알아요. 앱 설정의 요청 주소에서 "Retry"를 눌러 주세요.
  4. 봇을 채널에 초대해 주세요.

요청 주소: ${outputs['RequestUrl']}
`,
};

/** What a removal says, in Korean. */
export const koDestroy: CommandText['destroy'] = {
  noStack: (name) => `여기에는 ${name} 스택이 없어요. 다른 스택은 -c stackName=…, 다른 곳은 --region으로 적어 주세요`,
  noLog: (name) => `--with-log: ${name} 스택에는 로그가 없어요. 로그가 있는 스택에 적어 주세요`,
  waiting: (name, waiting, dead, queueUrl) =>
    `${name}에 아직 일 ${waiting}개와 밀려난 일 ${dead}개가 있고, 없애면 함께 사라져요. 큐가 빌 때까지 기다리거나, ` +
    '밀려난 일을 되돌리거나("til dlq redrive --yes"), 필요 없다면 ' +
    `"aws sqs purge-queue --queue-url ${queueUrl}"`,
  ask: (name, region) => `${region}의 ${name} 스택을 없애요. 로그와 상태는 남아요. 하려면 스택 이름을 적어 주세요: `,
  askWithLog: (name, region, replica) =>
    `${region}의 ${name} 스택을 없애고 지금까지의 이벤트를 모두 지워요.${
      replica ? ` ${replica.region}의 복사본(s3://${replica.bucket})은 남아요.` : ''
    } 되돌릴 수 없어요. 하려면 "delete the log"라고 적어 주세요: `,
  askReplica: (name, bucket) =>
    `${name} 스택을 없애요. 버킷(s3://${bucket})은 남지만 그 뒤로는 어떤 배포도 돌보지 않아요. 하려면 스택 이름을 적어 주세요: `,
  askKept: (bucket) =>
    `s3://${bucket} 버킷과 그 안의 모든 버전을 지워요. 되돌릴 수 없어요. 하려면 버킷 이름을 적어 주세요: `,
  nothing: '아무것도 하지 않았어요.',
  unanswered: '아무것도 하지 않았어요. 물음에 답이 있어야 하는데 표준 입력이 끝났어요.',
  emptied: (count, bucket) => `${bucket}에서 객체 ${count}개를 지웠어요`,
  kept: (log, state) =>
    `남겨 둔 것: s3://${log} (로그), s3://${state}. 다시 쓰는 법은 RUNBOOK.md의 "Destroy a deployment"에 있어요.`,
  keptReplica: ({ bucket, stack, region }) =>
    `${region}에 있는 로그의 복사본(s3://${bucket})과 그 스택 ${stack}도 남겨 뒀어요. 없애는 법은 RUNBOOK.md의 "A second region"에 있어요.`,
  replicaGoes: (name, bucket) => `CloudFormation이 이제 ${name} 스택을 없애요. 남겨 둔 것: s3://${bucket}`,
  owned: (bucket, stacks) => `${bucket} 버킷은 지금 있는 스택 ${stacks}의 것이에요`,
  gone: (bucket) => `${bucket} 버킷을 지웠어요.`,
  unprotected: (name) => `${name} 스택은 이제 보호되지 않아요.`,
};
