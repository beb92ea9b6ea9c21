import type { Mails } from "../../core/ports/mails.ts";

/** Mails as SES leaves them in a bucket. What reads them is loaded for the first one. */
export function createS3Mails(): Mails {
  let loading: Promise<Mails> | undefined;
  return {
    async read(place) {
      loading ??= load();
      return (await loading).read(place);
    },
  };
}

async function load(): Promise<Mails> {
  const [{ s3Client }, { readObject }, { parseMail }] = await Promise.all([
    import("./s3-client.ts"),
    import("./read-object.ts"),
    import("./parse-mail.ts"),
  ]);
  const client = s3Client();
  return { read: async (place) => parseMail(await readObject(client, place)) };
}
