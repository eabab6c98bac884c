import { describe, expect, it } from 'vitest';
import { DomainJobs, type JobKind } from '../../../../src-main/engine/domain-jobs.ts';

/** Work that ends when told, and says when it began. */
function gate(): { readonly work: () => Promise<void>; readonly open: () => void; readonly begun: () => boolean } {
  let open = (): void => undefined;
  let begun = false;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    work: async () => {
      begun = true;
      await opened;
    },
    open: () => open(),
    begun: () => begun,
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('short jobs', () => {
  it('run one at a time, in the order they were asked for', async () => {
    const jobs = new DomainJobs(() => 'web');
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map((number) =>
        jobs.run(`job ${number}`, async () => {
          order.push(number);
          await turn();
          order.push(number);
        }),
      ),
    );
    expect(order).toEqual([1, 1, 2, 2, 3, 3]);
    expect(jobs.holder).toBeUndefined();
  });

  it('name the holder when they have waited too long, and do not run later', async () => {
    const jobs = new DomainJobs(() => 'web');
    const first = gate();
    const running = jobs.run('start', first.work);
    let ran = false;
    const waiting = jobs.run(
      'setMemory',
      () => {
        ran = true;
        return Promise.resolve();
      },
      { waitMs: 20 },
    );
    await expect(waiting).rejects.toMatchObject({
      data: {
        code: 'operation-timeout',
        message: "cannot acquire state change lock of domain 'web' (held by monitor=start)",
      },
    });
    first.open();
    await running;
    await turn();
    expect(ran).toBe(false);
  });

  it('let the next one in when they fail', async () => {
    const jobs = new DomainJobs(() => 'web');
    await expect(jobs.run('start', () => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory');
    await expect(jobs.run('start', () => Promise.resolve(7))).resolves.toBe(7);
  });
});

describe('a long job', () => {
  const during = async (kind: JobKind, allowed?: readonly JobKind[]): Promise<boolean> => {
    const jobs = new DomainJobs(() => 'web');
    const save = gate();
    const saving = jobs.runLong('save', save.work, allowed === undefined ? {} : { allowed });
    const other = gate();
    const running = jobs.run('other', other.work, { kind });
    await turn();
    const passed = other.begun();
    save.open();
    await saving;
    other.open();
    await running;
    return passed;
  };

  it('lets a destroy pass but no other change', async () => {
    expect(await during('destroy')).toBe(true);
    expect(await during('abort')).toBe(true);
    expect(await during('modify')).toBe(false);
    expect(await during('suspend')).toBe(false);
    expect(await during('suspend', ['destroy', 'suspend'])).toBe(true);
  });

  it('is passed by a destroy even when a change waits in front of it', async () => {
    const jobs = new DomainJobs(() => 'web');
    const save = gate();
    const saving = jobs.runLong('save', save.work);
    const change = gate();
    const changing = jobs.run('setMemory', change.work);
    const destroy = gate();
    const destroying = jobs.run('destroy', destroy.work, { kind: 'destroy' });
    await turn();
    expect([change.begun(), destroy.begun()]).toEqual([false, true]);
    destroy.open();
    save.open();
    change.open();
    await Promise.all([saving, changing, destroying]);
  });

  it('takes turns with what it lets pass, and does not exclude itself', async () => {
    const jobs = new DomainJobs(() => 'web');
    const order: string[] = [];
    const saving = jobs.runLong('save', async (nested) => {
      await nested(async () => {
        order.push('stop cpus');
        await turn();
        order.push('cpus stopped');
      });
    });
    // The long job has its lock by now and is inside its step.
    await Promise.resolve();
    await Promise.resolve();
    const destroying = jobs.run(
      'destroy',
      () => {
        order.push('destroy');
        return Promise.resolve();
      },
      { kind: 'destroy' },
    );
    await Promise.all([saving, destroying]);
    expect(order).toEqual(['stop cpus', 'cpus stopped', 'destroy']);
  });

  it('excludes another long job', async () => {
    const jobs = new DomainJobs(() => 'web');
    const save = gate();
    const saving = jobs.runLong('save', save.work);
    await expect(jobs.runLong('dump', () => Promise.resolve(), { waitMs: 10 })).rejects.toThrow(/held by monitor=save/);
    save.open();
    await saving;
  });
});
