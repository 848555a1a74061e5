// Begins the replica set of one, and makes a user for each service: it may read and write its own database, no other.
// Run again it changes nothing but passwords, to those of the secrets: so they are rotated.
const { readFileSync } = require("fs");

const SERVICES = ["plan_tracking", "ingest", "alerting"];
const SECONDS = 60;

const secret = (name) => readFileSync(`/run/secrets/${name}`, "utf8").trim();

// mongodb://USER:PASSWORD@HOSTS/DATABASE?OPTIONS
function parts(uri) {
  const found = /^mongodb:\/\/([^:@/]+):([^@/]+)@[^/]+\/([^?]+)/.exec(uri);
  if (!found) throw new Error("a service's address must be mongodb://USER:PASSWORD@HOSTS/DATABASE");
  return found.slice(1).map(decodeURIComponent);
}

const password = encodeURIComponent(secret("mongo_root_password"));
const admin = connect(`mongodb://root:${password}@mongo:27017/admin?directConnection=true`);

try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  admin.adminCommand({ replSetInitiate: { _id: "rs0", members: [{ _id: 0, host: "mongo:27017" }] } });
}

for (let waited = 0; !admin.hello().isWritablePrimary; waited += 1) {
  if (waited >= SECONDS) throw new Error(`mongod is no primary after ${SECONDS} s`);
  sleep(1000);
}

for (const service of SERVICES) {
  const [user, pwd, name] = parts(secret(`${service}_mongo`));
  const database = admin.getSiblingDB(name);
  const may = { pwd, roles: [{ role: "readWrite", db: name }] };
  if (database.getUser(user)) database.updateUser(user, may);
  else database.createUser({ user, ...may });
  print(`${user} may read and write ${name}`);
}
