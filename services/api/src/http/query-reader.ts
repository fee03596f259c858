import type Koa from 'koa';
import { type FieldsByName, fieldsByName } from './fields-by-name.ts';

/**
 * Has this application read the query of an address by a reader of ours: that of Koa looks through all fields for each of them, so that one
 * address of 16 KiB would hold an api up for seconds.
 */
export function setQueryReader(app: Pick<Koa, 'request'>): void {
  const read = new WeakMap<Koa.BaseRequest, FieldsByName>();
  Object.defineProperty(app.request, 'query', {
    configurable: true,
    enumerable: true,
    get(this: Koa.BaseRequest) {
      const fields = read.get(this) ?? fieldsByName(this.querystring);
      read.set(this, fields);
      return fields;
    },
  });
}
