// Comes before whatever needs Node 24, since an older one cannot even read it.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `This needs Node.js 24 or later; it is ${process.version}. On Linux (x64, arm64) "npm ci" brings the right one along; on macOS install it ` +
      `yourself (brew install node@24), on Windows work in WSL 2.\n`,
  );
  process.exit(1);
}
