/** Every sentence the bot says, as functions of what is already safe to show. One object per language. */
export interface Words {
  /** `news`: a line of this week alone. */
  weekOpen(
    label: string,
    blogs: readonly string[],
    dashboardUrl: string | undefined,
    news: string | undefined,
  ): string[];
  /** Under the title of the weekly post: of the week before, or that this is a week of rest. */
  lastWeek(people: number, posts: number): string;
  restWeek: string;
  /** What somebody is called whose name is not known. */
  someone: string;
  /** What a list leaves out, since a message has an end. */
  more(count: number, dashboardUrl: string | undefined): string;
  participation(name: string, label: string, isLate: boolean): string;
  readReply: string;
  /** Of an announcement: what it says of the post for its author. */
  firstPost(name: string): string;
  weeksWritten(weeks: number): string;
  longestRun(weeks: number): string;
  retracted(name: string, label: string): string;
  /** The same when an admin decided so: why is nobody's business. */
  takenBack(name: string, label: string): string;
  liked(names: readonly string[], more: number, post: string, total: number): string;
  unliked(post: string, total: number): string;
  likeCard(post: string, total: number): string;
  yourPost: string;
  caughtUp(names: readonly string[], more: number): string;
  caughtUpRow(name: string, link: string): string;
  digestTitle(posts: number): string;
  /** What a digest leaves out; with a link to the dashboard, where there is one. */
  digestRest(posts: number, dashboard: string | undefined): string;
  digestSum(people: number, together: number): string;
  /** Of a digest of which every post is gone. */
  digestGone: string;
  /** Why something does not count, by the reason. `here`: a link to where it would. */
  hints: {
    noLink(blogs: readonly string[]): string;
    otherHost(hosts: readonly string[], blogs: readonly string[]): string;
    noPost: string;
    repeated: string;
    rejected: string;
    late(label: string, here: string | undefined): string;
    closed(month: string, here: string | undefined): string;
    beside(here: string): string;
    /** To whoever speaks to an app that cannot answer. */
    mention(here: string | undefined): string;
    /** Where this week's posts go, before what else can be done. */
    writeHere(here: string): string;
  };
  specialTitle(month: string): string;
  challengerTitle(month: string): string;
  row(name: string, likes: number): string;
  finisherTitle(month: string): string;
  readersTitle: string;
  /** How many posts a month had, compared with the one before, where there is one. */
  together(posts: number, compared: 'more' | 'as many' | undefined): string;
  thanks: string;
  nobody(month: string): string;
  noLikes: string;
  alarm(code: string, subject: string): string;
  seeDashboard: string;
}
