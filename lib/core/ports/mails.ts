/** Somebody's address, and the name that a mail gives with it. */
export interface MailAddress {
  readonly name: string;
  readonly address: string;
}

/** A file that came with a mail. */
export interface MailAttachment {
  readonly name: string | null;
  readonly content_type: string;
  /** Bytes. */
  readonly size: number;
  /** Null: left out, for the mail is too large. */
  readonly base64: string | null;
}

/** A mail as workflows read it. */
export interface Mail {
  readonly from: MailAddress | null;
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly reply_to: readonly MailAddress[];
  readonly subject: string;
  readonly message_id: string | null;
  /** ISO 8601 where the mail has a date that can be read. */
  readonly date: string | null;
  readonly text: string | null;
  readonly html: string | null;
  /** Names in lower case; those of one that came several times in the order of the mail. */
  readonly headers: { readonly [name: string]: string | readonly string[] };
  readonly attachments: readonly MailAttachment[];
}

/** Where a received mail is stored. */
export interface MailPlace {
  readonly bucket: string;
  readonly key: string;
}

/** The mails that a stage has received. */
export interface Mails {
  /**
   * @throws FlowError `connection`, `timeout`, `rate_limited` or `server_error` when it cannot be read now, `invalid_input` for a
   * mail that is not there or cannot be parsed.
   */
  read(place: MailPlace): Promise<Mail>;
}
