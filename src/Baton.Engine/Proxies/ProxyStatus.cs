// Whether a frontend takes connections: what the runtime API and a soft stop change.
namespace Baton.Engine.Proxies;

public enum ProxyStatus : byte
{
    Open,
    Paused,
    Stopped,
}
