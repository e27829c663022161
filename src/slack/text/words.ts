/** Every sentence the bot says, as functions of what is already safe to show. One object per language. */
export interface Words {
  weekOpen(label: string, blogs: readonly string[], dashboardUrl: string | undefined): string[];
  /** What somebody is called whose name is not known. */
  someone: string;
  /** What a list leaves out, since a message has an end. */
  more(count: number, dashboardUrl: string | undefined): string;
  participation(name: string, label: string, isLate: boolean): string;
  readReply: string;
  retracted(name: string, label: string): string;
  liked(names: readonly string[], more: number, post: string, total: number): string;
  unliked(post: string, total: number): string;
  likeCard(post: string, total: number): string;
  yourPost: string;
  caughtUp(names: readonly string[], more: number): string;
  caughtUpRow(name: string, link: string): string;
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
    mention(here: string | undefined): string;
  };
  specialTitle(month: string): string;
  challengerTitle(month: string): string;
  row(name: string, likes: number): string;
  thanks: string;
  nobody(month: string): string;
  noLikes: string;
  alarm(code: string, subject: string): string;
  seeDashboard: string;
}
