import { createTransport } from 'nodemailer';
import { codeOf } from '../domain/error-code.ts';
import type { SendMail } from '../usecases/deliver-messages.ts';

/**
 * Sends by the SMTP server of `SMTP_URL`, as `SMTP_FROM`.
 * Answers of 5xx are final (an address that does not exist); everything else is tried again.
 */
export function smtpSender(smtp: { readonly url: string; readonly from: string }): SendMail {
  const transport = createTransport(smtp.url, { from: smtp.from });
  return async (mail) => {
    try {
      // One address, not a list to be read: of what is no address nothing else is made.
      const to = { name: '', address: mail.to };
      await transport.sendMail({ to, subject: mail.subject, text: mail.text });
      return { ok: true };
    } catch (error) {
      const response = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0;
      const code = codeOf(error);
      return { ok: false, code: response > 0 ? `smtp-${response}` : code, permanent: response >= 500 };
    }
  };
}
