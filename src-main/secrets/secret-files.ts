/** Secrets on disk, as libvirt lays them out: `UUID.xml` with the definition and `UUID.base64` with the value, both 0600. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSecret, formatSecret, type Secret } from '../../src-shared/model/secret.ts';
import { parseUuid } from '../../src-shared/uuid.ts';
import { privateFolder, removeIfThere, temporaryFilePattern, writeWhole } from '../host/files.ts';

export interface StoredSecret {
  readonly definition: Secret & { readonly uuid: string };
  readonly value: Uint8Array | undefined;
}

export class SecretFiles {
  readonly #folder: string;
  readonly #onProblem: (path: string, cause: unknown) => void;

  /** @param onProblem is told of files that can't be used and are left alone. */
  constructor(folder: string, onProblem: (path: string, cause: unknown) => void) {
    this.#folder = folder;
    this.#onProblem = onProblem;
  }

  async load(): Promise<readonly StoredSecret[]> {
    await privateFolder(this.#folder);
    return readdirSync(this.#folder).flatMap((file) => {
      const path = join(this.#folder, file);
      if (temporaryFilePattern.test(file)) removeIfThere(path);
      if (!file.endsWith('.xml')) return [];
      try {
        return this.#read(path, file.slice(0, -'.xml'.length));
      } catch (thrown) {
        this.#onProblem(path, thrown);
        return [];
      }
    });
  }

  async writeDefinition(definition: StoredSecret['definition']): Promise<void> {
    await writeWhole(this.#path(definition.uuid, 'xml'), formatSecret(definition));
  }

  async writeValue(uuid: string, value: Uint8Array): Promise<void> {
    await writeWhole(this.#path(uuid, 'base64'), Buffer.from(value).toString('base64'));
  }

  /** The value first: one without a definition would never be found again. */
  remove(uuid: string): void {
    removeIfThere(this.#path(uuid, 'base64'));
    removeIfThere(this.#path(uuid, 'xml'));
  }

  #read(path: string, name: string): StoredSecret {
    const definition = parseSecret(readFileSync(path, 'utf8'));
    const { uuid } = definition;
    if (uuid === undefined || uuid !== parseUuid(name)) throw new Error('Its UUID is not the one in its name.');
    let value: Uint8Array | undefined;
    try {
      value = Buffer.from(readFileSync(this.#path(name, 'base64'), 'utf8'), 'base64');
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    }
    return { definition: { ...definition, uuid }, value };
  }

  #path(uuid: string, ending: 'xml' | 'base64'): string {
    return join(this.#folder, `${uuid}.${ending}`);
  }
}
