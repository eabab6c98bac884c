/** Title, description and applications' elements of a domain, read and replaced as `virDomainSetMetadata` does. */
import type { Domain } from '../../src-shared/model/domain/index.ts';
import { extractNamespace, setNamespace } from '../../src-shared/model/domain-metadata.ts';
import { VirError } from '../../src-shared/errors.ts';
import { say } from '../../src-shared/words.ts';
import { fromXmlError } from './domain-errors.ts';
import type { MetadataSelector } from './driver.ts';

/** A name without colon: what a namespace prefix can be. */
const prefixPattern = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;

export function metadataText(domain: Domain, what: MetadataSelector): string | undefined {
  switch (what.type) {
    case 'title':
      return domain.title;
    case 'description':
      return domain.description;
    case 'element':
      return extractNamespace(domain.metadata, what.uri);
  }
}

/** The domain with that value; `undefined` or an empty title or description takes it away. */
export function withMetadata(domain: Domain, what: MetadataSelector, value: string | undefined): Domain {
  switch (what.type) {
    case 'title': {
      const { title: _, ...rest } = domain;
      return value === undefined || value === '' ? rest : { ...rest, title: value };
    }
    case 'description': {
      const { description: _, ...rest } = domain;
      return value === undefined || value === '' ? rest : { ...rest, description: value };
    }
    case 'element': {
      const metadata = elementMetadata(domain, what, value);
      const { metadata: _, ...rest } = domain;
      return metadata === undefined ? rest : { ...rest, metadata };
    }
  }
}

function elementMetadata(
  domain: Domain,
  what: Extract<MetadataSelector, { readonly type: 'element' }>,
  value: string | undefined,
): Domain['metadata'] {
  if (value === undefined) return setNamespace(domain.metadata, what.uri, '', undefined);
  const prefix = what.prefix ?? '';
  if (!prefixPattern.test(prefix)) {
    throw new VirError({
      code: 'invalid-arg',
      domain: 'domain',
      message: say`'${prefix}' can't be the prefix of an XML namespace.`,
    });
  }
  try {
    return setNamespace(domain.metadata, what.uri, prefix, value);
  } catch (thrown) {
    throw fromXmlError(thrown);
  }
}
