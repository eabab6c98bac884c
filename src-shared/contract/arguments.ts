/** Schemas that several namespaces share. Sizes are capped so that no argument can be used to exhaust the engine. */
import * as z from 'zod';

export const uri = z.string().min(1).max(4096);
/** Any UUID libvirt accepts; its own test data has ones of no RFC's version. */
export const uuid = z.guid();
export const name = z.string().min(1).max(255);
export const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => text.startsWith('/') && !text.includes('\0'), 'an absolute path');
export const xml = z
  .string()
  .min(1)
  .max(4 * 1024 * 1024);
export const bytes = z.number().int().nonnegative();
export const kiB = z.number().int().positive();

/** A domain of a connection. */
export const domain = z.object({ uri, uuid });
export const affects = z.object({ live: z.boolean().optional(), config: z.boolean().optional() });
