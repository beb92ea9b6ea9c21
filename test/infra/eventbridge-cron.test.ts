import { expect, test } from "@jest/globals";
import { eventBridgeCron } from "../../infra/eventbridge-cron.ts";

test.each([
  ["* * * * *", "cron(* * * * ? *)"],
  ["30 2 * * *", "cron(30 2 * * ? *)"],
  ["*/15 * * * *", "cron(0,15,30,45 * * * ? *)"],
  ["5/20 8-18 * * *", "cron(5,25,45 8-18 * * ? *)"],
  ["10-40/15 9,17 * * *", "cron(10,25,40 9,17 * * ? *)"],
  ["0 0 1 1 *", "cron(0 0 1 1 ? *)"],
  ["0 6 1-7 JAN-mar *", "cron(0 6 1-7 1-3 ? *)"],
  ["  0   12  *  * 1-5 ", "cron(0 12 ? * MON,TUE,WED,THU,FRI *)"],
  ["0 12 * * 0", "cron(0 12 ? * SUN *)"],
  ["0 12 * * 7", "cron(0 12 ? * SUN *)"],
  ["0 12 * * 5-7", "cron(0 12 ? * SUN,FRI,SAT *)"],
  ["0 12 * * sun,Wed", "cron(0 12 ? * SUN,WED *)"],
  ["0 12 * * */2", "cron(0 12 ? * SUN,TUE,THU,SAT *)"],
  ["0 12 * * 1/2", "cron(0 12 ? * MON,WED,FRI *)"],
])("%j is %j", (cron, expected) => {
  expect(eventBridgeCron(cron)).toBe(expected);
});

test.each([
  ["* * * *", "has 4 fields"],
  ["60 * * * *", '"60" is no minute of a cron expression'],
  ["* 24 * * *", "is no hour"],
  ["* * 0 * *", "is no day of month"],
  ["* * * 13 *", "is no month"],
  ["* * * * 8", "is no day of week"],
  ["* * * * FOO", '"FOO"'],
  ["10-5 * * * *", '"10-5"'],
  ["*/0 * * * *", '"*/0"'],
  ["*-5 * * * *", '"*-5"'],
  ["1,,2 * * * *", '"1,,2"'],
  ["0 0 ? * MON", '"?"'],
])("%j is refused: %s", (cron, message) => {
  expect(() => eventBridgeCron(cron)).toThrow(message);
});

test.each(["0 0 1 * MON", "0 0 1-31 * MON", "0 0 */2 * MON"])(
  "%j, days of both kinds, is refused with a way out",
  (cron) => {
    expect(() => eventBridgeCron(cron)).toThrow("EventBridge takes one of them only");
  },
);
