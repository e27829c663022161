import type { CommandText } from './command-text.ts';
import { koDeploy, koDestroy } from './ko-steps.ts';

const SETTINGS = `
스택의 설정 (-c 이름=값. 값을 비우면 그 설정을 없애요):
  alarmEmail=you@example.com     알람을 받을 메일
  budget=10                      한 달에 이 금액(미국 달러)이 넘으면 알림. off면 알리지 않음
  replicaRegion=ap-southeast-1   로그를 이 리전에도 두기
  stackName=Til                  어느 스택인지
  ci=arn:aws:iam::…:role/…       운영자 역할을 맡아도 되는 역할
  readFrom=버킷,버킷             운영자가 읽어도 되는 옛 스택의 로그
  edgePolicies=ID,ID,ID          다른 스택의 출력 EdgePolicies
  @aws-cdk/core:bootstrapQualifier=…   "cdk bootstrap"에 적은 qualifier
`;

/** What both commands say, in Korean. */
export const ko: CommandText = {
  expected: {
    email: 'you@example.com 같은 메일 주소',
    budget: '10처럼 달러로 적은 한 달 금액(정수)이나 off',
    region: 'ap-northeast-2 같은 AWS 리전',
    stackName: '영문자로 시작하는 영문자, 숫자, - 128자까지',
    bucket: 's3:// 없이 버킷 이름',
    buckets: 's3:// 없이 버킷 이름들을 쉼표로',
    role: 'arn:aws:iam::123456789012:role/ci 같은 역할의 ARN',
    policies: '다른 스택의 출력 EdgePolicies',
    qualifier: '"cdk bootstrap"의 qualifier(영문 소문자와 숫자 10자까지)',
    profile: '이름',
    approval: 'never, any-change, broadening, destructive 가운데 하나',
  },
  usage: {
    value: (what, expected, got) => `${what}: 이렇게 적어 주세요. ${expected} (적힌 것: ${got})`,
    unknownOption: (flag, near) =>
      `${flag}: 없는 옵션이에요. ${near ? `혹시 ${near}인가요?` : '있는 옵션은 --help에 있고, CDK만 아는 것은 -- 뒤에 적어 주세요'}`,
    valueMissing: (flags, got = '아무것도 없음') => `${flags}: 뒤에 값을 적어 주세요(적힌 것: ${got})`,
    surplus: (got) => `옵션만 적어 주세요(적힌 것: ${got})`,
    notForCdk: (flag) => `-- 뒤에는 설정이나 스택을 고르지 않는 CDK의 옵션만 적어 주세요(적힌 것: ${flag})`,
    noPair: (got) => `-c: 이름=값으로 적어 주세요(적힌 것: ${got})`,
    unknownSetting: (name, known, near) =>
      `-c ${name}: 없는 설정이에요. ${near ? `혹시 ${near}인가요? ` : ''}있는 설정: ${known}`,
    onlyDeploys: (name) => `-c ${name}: "npm run deploy"에 적는 설정이에요. 없앨 때는 stackName만 적어 주세요`,
    keptAlone: (flag) => `${flag}: --kept와 함께 쓸 수 없어요. --kept는 버킷 하나만 지우고 스택은 몰라요`,
    sameRegion: (region) =>
      `-c replicaRegion: 로그가 있는 ${region} 말고 다른 리전을 적어 주세요(적힌 것: ${JSON.stringify(region)})`,
    longName: (name, most) =>
      `-c stackName: 복사본이 있는 스택의 이름은 ${most}자까지예요(적힌 것: ${JSON.stringify(name)})`,
  },
  help: {
    title: (english) => ({ 'Usage:': '사용법:', 'Options:': '옵션:' })[english] ?? english,
    deploy:
      '대시보드를 빌드하고, 스택을 배포하고, 페이지를 올리고, 남은 일을 알려 줘요. 한 번 적은 설정은 스택에 남아요.',
    destroy: '스택 이름을 직접 적으면 그 스택 하나를 없애요. 따로 말하지 않으면 로그와 상태는 남아요.',
    afterDeploy: `${SETTINGS}
-- 를 한 번 더 적으면 그 뒤는 그대로 "cdk deploy"로 가요. 종료 코드 0: 했음, 1: 하지 못함, 2: 잘못 적어서 아무것도 하지 않음.

예:
  npm run deploy -- -c alarmEmail=you@example.com
`,
    afterDestroy: `
-- 를 한 번 더 적으면 그 뒤는 그대로 CDK로 가요. 종료 코드 0: 했거나 하지 않기로 했음, 1: 하지 못함, 2: 잘못 적어서 아무것도 하지 않음.

예:
  npm run destroy
  npm run destroy -- -c stackName=Autumn --region us-east-1
`,
    options: {
      setting: '설정(아래에 있어요). 여러 번 적을 수 있어요',
      stack: 'stackName=이름: 어느 스택인지. 없으면 이 폴더의 것, 그것도 없으면 Til',
      withLog: '로그와 상태도 지우기. 되돌릴 수 없어요',
      kept: '스택 대신, 옛 스택이 남긴 이 버킷을 지우기',
      profile: 'AWS 자격 증명의 프로필',
      region: '어디인지. 없으면 AWS_REGION, 그것도 없으면 프로필의 리전',
      roleArn: 'CloudFormation이 맡을 역할',
      approval: '물어볼 변경: never, any-change, broadening, destructive',
      verbose: 'CDK가 더 자세히 말하기',
      help: '도움말 보기',
    },
  },
  deploy: koDeploy,
  destroy: koDestroy,
  noRegion: '리전이 없어요. ap-northeast-2 같은 리전을 --region, AWS_REGION이나 프로필에 적어 주세요',
};
