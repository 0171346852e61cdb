// What hashes the key: the second word of "hash-type".
namespace Baton.Configuration.Model;

public enum HashFunction : byte
{
    Sdbm,
    Djb2,
    Wt6,
    Crc32,
    None,
}
