// The options of a server line about its agent: "agent-check" and its kin.
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class AgentOptions
{
    private static ServerLine.Option Flag(string name, bool on) => new(name, false, (s, _) =>
        {
            s.Agent.On = on;
            return null;
        });

    private static string? Inter(ServerConfig s, string v)
    {
        string? error = UnitParser.Time(v, TimeUnit.Millisecond, out long ms);
        if (error is null && ms > int.MaxValue || error == UnitParser.Overflow)
            return $"timer overflow in argument '{v}', the maximum is 2147483647 ms (~24.8 days)";
        if (error is null && ms == 0)
            return "has to be > 0";
        if (error is null)
            s.Agent.InterMs = (int)ms;
        return error;
    }

    /// <summary>COMPAT: 0 is as if nothing were said.</summary>
    private static string? Port(ServerConfig s, string v)
    {
        if (!int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > ushort.MaxValue)
            return $"expects a port between 1 and 65535, got '{v}'";
        s.Agent.Port = port;
        return null;
    }

    private static string? Address(ServerConfig s, string v)
    {
        if (AddressParser.Parse(v, AddressUse.Server, out string error) is not { } address)
            return error;
        if (address.Kind is not (AddressKind.IPv4 or AddressKind.IPv6 or AddressKind.Name) || address.Port != 0)
            return $"expects an address or a name without a port, got '{v}'";
        s.Agent.Address = address;
        return null;
    }

    internal static readonly ServerLine.Option[] Rows =
    [
        Flag("agent-check", true),
        Flag("no-agent-check", false),
        new("agent-inter", true, Inter),
        new("agent-port", true, Port),
        new("agent-addr", true, Address),
        new("agent-send", true, (s, v) =>
        {
            s.Agent.Send = v;
            return null;
        }),
    ];
}
