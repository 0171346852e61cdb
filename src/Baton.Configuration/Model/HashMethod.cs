// How a hash finds its server: the first word of "hash-type".
namespace Baton.Configuration.Model;

public enum HashMethod : byte
{
    MapBased,
    Consistent,
}
