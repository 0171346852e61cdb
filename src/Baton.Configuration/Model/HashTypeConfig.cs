// A "hash-type" line as parsed.
namespace Baton.Configuration.Model;

public sealed record HashTypeConfig(HashMethod Method, HashFunction Function, bool Avalanche);
