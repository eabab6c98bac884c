// Stands where Electron's default application stands: runs `electron [-r module]… folder [arguments]`.
import { app } from 'electron';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const preloads = [];
let folder;
for (let at = 1; at < process.argv.length && folder === undefined; at += 1) {
  const word = process.argv[at];
  if (word === '-r' || word === '--require') preloads.push(process.argv[(at += 1)]);
  else if (!word.startsWith('-')) folder = resolve(word);
}
if (folder === undefined) {
  console.error('usage: electron [-r module] folder [arguments]');
  app.exit(2);
} else {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  process.defaultApp = true;
  app.setAppPath(folder);
  app.setName(about.productName ?? about.name);
  app.setVersion(about.version);
  if (about.desktopName !== undefined) app.setDesktopName(about.desktopName);
  app.setPath('userData', join(app.getPath('appData'), app.getName()));
  for (const each of preloads) require(resolve(each));
  await import(pathToFileURL(join(folder, about.main)).href);
}
