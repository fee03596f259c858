import { defaultPort } from './machines/machine-address.ts';
import { type ScenarioEntry, scenarios } from './scenarios/index.ts';

export function helpText(): string {
  const list = Object.entries(scenarios).map(
    ([name, { summary, takes, defaults }]: [string, ScenarioEntry]) => {
      const given = takes.filter(
        (amount) => amount === 'clients' || amount === 'seconds' || amount === 'rate',
      );
      const values = given
        .filter((amount) => (defaults[amount] ?? 0) > 0)
        .map(
          (amount) =>
            `${(defaults[amount] ?? 0).toLocaleString('en')} ${amount === 'rate' ? 'a second' : amount}`,
        );
      return `  ${name.padEnd(8)} ${summary} (${values.join(', ')})`;
    },
  );
  return `Drives a deployment with device logins and tells what it did to it.

  npm run load -- SCENARIO --stack            starts Redis, api and issuer of its own, on this machine
  npm run load -- SCENARIO --url URL          drives one api, or the load balancer before several
  npm run load -- serve                       lends this machine to runs elsewhere that name it as a --machine
                                              (--listen HOST:PORT says where it is reached; default: everywhere, at port ${defaultPort})
  npm run load -- merge A.json B.json         adds up runs that several machines made at the same time

Scenarios
${list.join('\n')}

Where
  --url URL           the deployment; run it with RATE_LIMITS=off, or its limits stop the load from one address
  --address IP        connect there, whatever the URL's name leads to, and keep name and certificate; repeat for more, used in turn
  --stack             a new local stack; --apis N and --issuers N processes of each (1)
  --i-own-this        needed for a target that is not on this machine
  --metrics URL       an admin port's /metrics: memory and CPU of that process; repeat for more

How much
  --clients N         logins that wait at once, or are prepared
  --connections N     keep-alive connections for starting, polling and approving (64)
  --rate N            logins a second, open loop; default: as fast as possible
  --seconds N         how long
  --ramp N            the rate of "login" or "soak" rises for so many seconds before anything is measured (0)
  --think MS          how long the human of "login" takes (100)
  --processes N       load processes, of each machine; default: as many as the file limit requires
  --machine HOST:PORT another machine makes the load, on which "serve" runs; repeat for more, which share it equally. Both need
                      the same LOAD_KEY in their environment

Approvals
  --approve           approve through the API, as a signed-in account: a new one (as --stack does by itself),
  --email ADDRESS     or this one, with its password in LOAD_PASSWORD

Faults
  --fault WHAT        done so many seconds after the preparation, and marked in the charts; repeat for more: '5s kill api 2',
                      '5s restart redis', '5s freeze issuer 1 for 3s' (of a --stack), or '5s run COMMAND' of your own

Result
  --require WHAT      what must be so at the end, such as 'lost=0', 'pace>=500/s', 'answer.p99<50ms'; repeat for more.
                      Figures: lost, doubled, failed, unavailable, pace; start, poll, approve, answer,
                      answer-server and login, each with .min .mean .p50 .p90 .p99 .p999 .max
  --live PORT         the report while the run goes on, at http://127.0.0.1:PORT (0: a free port)
  --against FILE      the .json of an earlier run: what became of each figure
  --out DIR           folder for result and report (artifacts/load): .json, .html and the latencies as .hlog
  exit code           0; 1 when a login was lost or doubled; 2 when the run or a fault could not be done, more failed
                      than succeeded, or a run with --require was stopped; 3 when a requirement is not met.
                      Ctrl-C ends the load and still tells the result; twice, nothing (130)

Requests look as behind a balancer: each has another User-Agent, traceparent and X-Forwarded-For, whose addresses
belong to nobody.
`;
}
