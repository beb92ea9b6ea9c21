import { BlockList, isIP } from "node:net";

// Special-purpose registries of IANA (RFC 6890 and what updates it), without what is globally reachable.
const IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  // Azure's metadata and host service, public only by its number.
  "168.63.129.16/32",
];
// Ranges that carry an IPv4 address inside (compatible, NAT64, Teredo, 6to4) are refused whole.
const IPV6 = [
  "::/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
  "5f00::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
];

const refused = new BlockList();
for (const [family, ranges] of [["ipv4", IPV4] as const, ["ipv6", IPV6] as const]) {
  for (const range of ranges) {
    const [net = "", prefix] = range.split("/");
    refused.addSubnet(net, Number(prefix), family);
  }
}

/**
 * True for an IP address that belongs to the public internet; false for private, loopback, link-local, metadata,
 * multicast and reserved ones, for IPv6 forms that hide one of them, and for text that is no address.
 */
export function isPublicAddress(address: string): boolean {
  const [ip = ""] = address.split("%");
  const family = isIP(ip);
  return family !== 0 && !refused.check(ip, family === 6 ? "ipv6" : "ipv4");
}
