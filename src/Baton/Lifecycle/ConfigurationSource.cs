using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Lifecycle;

internal static class ConfigurationSource
{
    public static ProcessConfig? Load(CommandLine line, out string report)
    {
        report = "";
        var c = new ProcessConfig();
        c.Global.NbThread = 1; c.Global.MaxConn = 4000;
        var pos = new SourcePosition("x", 1);
        var fe = new ProxyConfig { Name = "fe", Capabilities = ProxyCapabilities.Frontend, Position = pos, Mode = ProxyMode.Http, DefaultBackend = "be" };
        fe.Binds.Add(new BindConfig { Position = pos, Addresses = { new AddressConfig { Kind = AddressKind.IPv4, Text = "", Ip = [127, 0, 0, 1], PortKind = PortKind.Absolute, Port = 19001, PortHigh = 19001 } } });
        var be = new ProxyConfig { Name = "be", Capabilities = ProxyCapabilities.Backend, Position = pos, Mode = ProxyMode.Http, HttpReuse = HttpReuse.Always };
        be.Servers.Add(new ServerConfig { Name = "s1", Position = pos, Address = new AddressConfig { Kind = AddressKind.IPv4, Text = "", Ip = [127, 0, 0, 1], PortKind = PortKind.Absolute, Port = 19000, PortHigh = 19000 } });
        foreach (var p in new[] { fe, be }) { p.Timeouts.Client = 60000; p.Timeouts.Server = 60000; p.Timeouts.Connect = 5000; }
        c.Proxies.Add(fe); c.Proxies.Add(be);
        return c;
    }
}
