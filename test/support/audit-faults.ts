import { auditEvents, type AuditRecord } from '@ravi/audit';

interface AuditEventFields {
  readonly fields: readonly string[];
  readonly optional?: readonly string[];
}

const isEmpty = (value: unknown) => (typeof value === 'number' ? !(value > 0) : value === '');
/** A program need not say what it is called. */
const mayBeEmpty = (field: string) => field === 'client';

/** What an event lacks of its fields, has besides them, or leaves empty. */
function faultsOf(record: AuditRecord): readonly string[] {
  const { id, at, event, ...facts } = record;
  if (!(event in auditEvents)) return [`${event} is no event`];
  const { fields, optional = [] }: AuditEventFields = auditEvents[event];
  const others = Object.keys(facts).filter((field) => ![...fields, ...optional].includes(field));
  const empty = Object.entries(facts).filter(([field, value]) => isEmpty(value) && !mayBeEmpty(field));
  const faults = [
    ...fields.filter((field) => !(field in facts)).map((field) => `lacks ${field}`),
    ...others.map((field) => `has ${field}`),
    ...empty.map(([field]) => `has no ${field}`),
    ...(id === '' || Number.isNaN(Date.parse(at)) ? ['has no id, or no time'] : []),
  ];
  return faults.map((fault) => `${event} ${fault}`);
}

/** Throws if one of these events lacks a field, has another one, or leaves one empty. */
export function requireFields(records: readonly AuditRecord[]): void {
  const faults = new Set(records.flatMap(faultsOf));
  if (faults.size > 0) throw new Error(`In the audit log: ${[...faults].join('; ')}.`);
}
