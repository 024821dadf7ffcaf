// Adds to package-lock.json the optional platform packages that a registry mirror did not have when it was written:
// without them `npm ci` refuses the lock file, although it would skip them on this platform. See docs/decisions/0004.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x'];
for (const { optionalDependencies = {}, dev } of Object.values(lock.packages))
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const key = `node_modules/${name}`;
    if (key in lock.packages) continue;
    const parts = name.split(/[/-]/);
    const os = systems.find((each) => parts.includes(each));
    const cpu = processors.find((each) => parts.includes(each));
    if (os === undefined || cpu === undefined) throw new Error(`${name}: which platform is it for?`);
    const libc = name.includes('musl') ? ['musl'] : os === 'linux' ? ['glibc'] : undefined;
    lock.packages[key] = { version, cpu: [cpu], ...(dev && { dev }), ...(libc && { libc }), optional: true, os: [os] };
  }
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
