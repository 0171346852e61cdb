// Every "timeout" of a proxy in milliseconds; -1 when not set (no limit).
namespace Baton.Configuration.Model;

public struct TimeoutsConfig
{
    public TimeoutsConfig() { }

    public int Connect = -1,
        Client = -1,
        Server = -1,
        Queue = -1,
        Tunnel = -1,
        HttpRequest = -1,
        HttpKeepAlive = -1,
        ClientFin = -1,
        ServerFin = -1,
        Tarpit = -1,
        Check = -1,
        ClientHandshake = -1;
}
