import type { Comparison } from "../comparison.ts";

const later = "2100-01-01T00:00:00+00:00";

/** Bans: made, listed, enforced, removed. */
export async function bans(comparison: Comparison): Promise<void> {
  await made(comparison);
  await listed(comparison);
  await removed(comparison);
  await enforced(comparison);
  await lapsing(comparison);
}

async function made({ ask }: Comparison): Promise<void> {
  const bodies: unknown[] = [
    { as: "clientid", who: "compare-c1", at: "2024-01-01T00:00:00Z", until: later, by: "ü", reason: "测试" },
    { as: "clientid", who: "compare-c1" },
    { as: "clientid", who: "compare-c2" },
    { as: "username", who: "compare-u1", until: "infinity" },
    { as: "username", who: "compare-u1", until: 1 },
    { as: "peerhost", who: "192.0.2.1" },
    { as: "peerhost", who: "2001:DB8:0:0::1", until: 4_102_444_800 },
    { as: "peerhost", who: "compare" },
    { as: "peerhost_net", who: "192.0.2.5/24" },
    { as: "peerhost_net", who: "192.0.2.77" },
    { as: "peerhost_net", who: "2001:db8::/32" },
    { as: "peerhost_net", who: "192.0.2.0/33" },
    { as: "clientid_re", who: "^compare-c[0-9]$" },
    { as: "clientid_re", who: "(" },
    { as: "username_re", who: "^compare-ü" },
    { as: "nosuch", who: "x" },
    { as: "clientid" },
    { who: "x" },
    { as: "clientid", who: "compare-c3", until: "2020-01-01T00:00:00Z" },
    { as: "clientid", who: "compare-c3", until: "soon" },
    { as: "clientid", who: "compare-c3", since: 1 },
    { as: "clientid", who: 7, by: 8, reason: 9 },
  ];
  for (const body of bodies) await ask("POST /banned", { body });
  await ask("POST /banned", { body: "{}", headers: { "content-type": "application/xml" } });
}

async function listed({ ask, walk }: Comparison): Promise<void> {
  const queries = [
    ...["", "clientid=compare-c1", "clientid=nosuch", "clientid=compare-c1&page=3", "username=compare-u1"],
    ...["peerhost=192.0.2.1", "peerhost=192.0.2.9", "peerhost=nosuch", "peerhost=2001:db8::1"],
    ...[
      "like_clientid=c",
      "like_clientid=c%5Cd",
      "like_clientid=???",
      "like_clientid=nosuch",
      "like_username=compare",
    ],
    ...[
      "like_peerhost=192",
      "like_peerhost_net=192",
      "like_peerhost_net=/24",
      "like_clientid=",
      "like_clientid=%5B",
    ],
    ...["clientid=compare-c1&username=compare-u1", "clientid=compare-c1&like_clientid=c"],
    ...["like_clientid=c&like_username=u", "limit=3&page=99", "limit=0"],
    ...["like_clientid=c&limit=1&page=9", "like_clientid=c&limit=100"],
  ];
  for (const query of queries) await ask(`GET /banned?${query}`);
  for (const query of ["limit=3", "like_clientid=c&limit=1"]) await walk(`/banned?${query}`);
}

async function removed({ ask }: Comparison): Promise<void> {
  const bans = [
    ...["clientid/compare-c1", "clientid/compare-c1", "clientid/nosuch", "nosuch/x", "username/compare-u1"],
    ...["peerhost/2001:db8:0::0001", "peerhost/nosuch", "peerhost_net/192.0.2.9%2F24", "peerhost_net/nosuch"],
    ...["clientid_re/%5Ecompare-c%5B0-9%5D%24", "clientid_re/(", "username_re/nosuch"],
  ];
  for (const ban of bans) await ask(`DELETE /banned/${ban}`);
  await ask("GET /banned");
  await ask("DELETE /banned");
  await ask("DELETE /banned");
  await ask("GET /banned");
  await ask("POST /banned", { body: { as: "clientid_re", who: "(?=x)y" } });
  await ask("DELETE /banned");
}

/** Who is banned is disconnected, or is not let in. */
async function enforced({ ask, connect, attempt, see }: Comparison): Promise<void> {
  await connect("compare-banned-4", { username: "compare-user" });
  await connect("compare-banned-5", { protocolVersion: 5, username: "compare-user" });
  for (const version of [4, 5] as const) {
    await ask("POST /banned", { body: { as: "clientid", who: `compare-banned-${version}` } });
    await see(`whether the banned client of version ${version} is connected`, (target) => ({
      connected: target.client(`compare-banned-${version}`).connected,
      farewells: target.farewells(`compare-banned-${version}`),
    }));
    await ask(`GET /clients/compare-banned-${version}`);
    await attempt(`a banned client id of version ${version}`, `compare-banned-${version}`, {
      protocolVersion: version,
    });
  }
  await ask("DELETE /banned");
  const bans = [
    { as: "username", who: "compare-user" },
    { as: "username_re", who: "-us" },
    { as: "clientid_re", who: "^compare-b.*d$" },
    { as: "peerhost", who: "127.0.0.1" },
    { as: "peerhost_net", who: "127.0.0.0/8" },
    { as: "clientid_re", who: "^compare$" },
  ];
  for (const ban of bans) {
    await ask("POST /banned", { body: ban });
    for (const version of [3, 4, 5] as const) {
      await attempt(`version ${version} while ${ban.as} ${ban.who} is banned`, "compare-banned", {
        protocolVersion: version,
        ...(version === 3 && { protocolId: "MQIsdp" }),
        username: "compare-user",
      });
    }
    await ask(`DELETE /banned/${ban.as}/${encodeURIComponent(ban.who)}`);
  }
  await attempt("a client that is banned no more", "compare-banned", { username: "compare-user" });
}

/** A ban that has come to its end. */
async function lapsing({ ask, attempt }: Comparison): Promise<void> {
  const until = Math.floor(Date.now() / 1_000) + 2;
  await ask("POST /banned", { body: { as: "clientid", who: "compare-soon", until } });
  await attempt("a client before its ban ends", "compare-soon");
  await new Promise((resolve) => setTimeout(resolve, 3_100));
  await attempt("a client after its ban has ended", "compare-soon");
  await ask("POST /banned", { body: { as: "clientid", who: "compare-soon", until: later } });
  await ask("DELETE /banned");
}
