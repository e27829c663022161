/** What a systemd unit of `til serve` depends on. */
export interface UnitPlan {
  /** The program and its arguments; the program by its absolute path. */
  command: readonly string[];
  workingFolder: string;
  /** Whose process it is; undefined for a unit of "systemctl --user". */
  user: string | undefined;
  /** The absolute paths of the only folders into which it may write. They must be there when it starts. */
  writable: readonly string[];
  environment: Readonly<Record<string, string>>;
  /** Below 1024 only root may listen, or whom it allows to. */
  port: number;
  /** Whether alarms go to a command. */
  hasAlarmCommand: boolean;
}

/** The text of the unit. */
export const unitText = (plan: UnitPlan): string => {
  const { command, workingFolder, user, environment } = plan;
  const lines = [
    '# Printed by "til service". After a change of folders, user or Node.js: print it again.',
    '[Unit]',
    'Description=TIL challenge',
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'Type=exec',
    ...(user === undefined ? [] : ownerLines(user)),
    `WorkingDirectory=${workingFolder.replaceAll('%', '%%')}`,
    `ExecStart=${command.map((word) => quoted(word).replaceAll('$', '$$$$')).join(' ')}`,
    ...Object.entries(environment).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`),
    // What only a person can mend is looked at again every half a minute; a wrong usage (2) never gets better by itself.
    'Restart=on-failure',
    'RestartSec=30s',
    'RestartPreventExitStatus=2',
    'TimeoutStopSec=15s',
    'KillMode=mixed',
    'UMask=0077',
    'NoNewPrivileges=yes',
    ...(user === undefined ? [] : hardening(plan)),
    '',
    '[Install]',
    `WantedBy=${user === undefined ? 'default.target' : 'multi-user.target'}`,
  ];
  return `${lines.join('\n')}\n`;
};

const ownerLines = (user: string): string[] =>
  user === 'root'
    ? ['# Better a user of its own: give it this folder (chown -R), and print the unit again.', 'User=root']
    : [`User=${user}`];

const hardening = ({ command, workingFolder, writable, port, hasAlarmCommand }: UnitPlan): string[] => {
  // With a /tmp of its own it would not find what lies in everybody's.
  const hidesOwn = [...command, workingFolder, ...writable].some((path) => /^\/(var\/)?tmp\//.test(path));
  return [
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    ...writable.map((folder) => `ReadWritePaths=${quoted(folder)}`),
    ...(hasAlarmCommand
      ? [
          '# The command of `alarm` runs under these rules too: one that needs setuid or a spool folder (sendmail) fails.',
        ]
      : []),
    ...(hidesOwn ? [] : ['PrivateTmp=yes']),
    'PrivateDevices=yes',
    'ProtectClock=yes',
    'ProtectControlGroups=yes',
    'ProtectHostname=yes',
    'ProtectKernelLogs=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelTunables=yes',
    'LockPersonality=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'SystemCallArchitectures=native',
    'SystemCallFilter=@system-service',
    '# No MemoryDenyWriteExecute: V8 compiles while it runs.',
    `CapabilityBoundingSet=${port < 1024 ? 'CAP_NET_BIND_SERVICE' : ''}`,
    ...(port < 1024 ? ['AmbientCapabilities=CAP_NET_BIND_SERVICE'] : []),
  ];
};

/** A word as systemd reads it: quoted where it must be, and no specifier. */
const quoted = (word: string): string => {
  const text = word.replaceAll('%', '%%');
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
};
