/** One reason why an object is refused, in the form of a Status's causes. */
export interface Cause {
  readonly reason?:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueNotSupported'
    | 'FieldValueNotFound';
  readonly message: string;
  readonly field?: string;
}

export function invalid(field: string, message: string): Cause {
  return { reason: 'FieldValueInvalid', message, field };
}

export function required(field: string, message: string): Cause {
  return { reason: 'FieldValueRequired', message, field };
}
