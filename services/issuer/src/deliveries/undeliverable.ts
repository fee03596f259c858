/** The receiver refused one delivery for good: another attempt would end in the same way, and says nothing of other deliveries. */
export class Undeliverable extends Error {
  readonly code = 'undeliverable';

  constructor(reason: string) {
    super(reason);
    this.name = 'Undeliverable';
  }
}
