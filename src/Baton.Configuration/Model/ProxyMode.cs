// What a proxy section speaks: "mode".
namespace Baton.Configuration.Model;

public enum ProxyMode : byte
{
    Tcp,
    Http,
    Log,
    Spop,
}
