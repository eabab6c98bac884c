/**
 * The document for a library that makes `<style>` elements of its own: the page's policy takes only those that carry
 * this load's nonce.
 */
export function nonceDocument(page: Document = document): Document {
  const nonce = page.querySelector('meta[property="csp-nonce"]')?.getAttribute('content') ?? '';
  const createElement = (name: string, options?: ElementCreationOptions): HTMLElement => {
    const element = page.createElement(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
  return new Proxy(page, {
    get(target, property) {
      if (property === 'createElement') return createElement;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
