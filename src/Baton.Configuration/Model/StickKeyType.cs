// What the keys of a stick table are.
namespace Baton.Configuration.Model;

/// <summary>"type" of a table.</summary>
public enum StickKeyType : byte
{
    Ip,
    Ipv6,
    Integer,
    String,
    Binary,
}
