// Arguments of sample fetches that name a backend, a frontend or a server: each must exist somewhere in the configuration.
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Configuration;

internal static class ReferenceValidator
{
    public static void Validate(ProcessConfig process, ProxyReference r, DiagnosticSink sink)
    {
        if (r.Kind == ArgumentKind.Server)
            Server(process, r, sink);
        else
            Proxy(process, r, sink);
    }

    /// <summary>A defaults section stands for others: what it leaves out is known only there.</summary>
    private static bool IsUnknown(ProxyConfig? section) => section is null || section.Capabilities == ProxyCapabilities.Defaults;

    private static void Proxy(ProcessConfig process, ProxyReference r, DiagnosticSink sink)
    {
        bool backend = r.Kind == ArgumentKind.Backend;
        string side = backend ? "backend" : "frontend";
        if (r.Text.Length == 0)
        {
            if (!IsUnknown(r.Section) && !(backend ? r.Section!.IsBackend : r.Section!.IsFrontend))
                sink.Error(
                    r.At,
                    $"'{r.Keyword}' without an argument is about its own proxy, and '{r.Section.Name}' is no {side}.",
                    r.Keyword
                );
            return;
        }
        if (!process.Proxies.Exists(p => p.Name == r.Text && (backend ? p.IsBackend : p.IsFrontend)))
            sink.Error(
                r.At,
                $"unable to find {side} '{r.Text}' referenced in '{r.Keyword}'.",
                r.Text,
                Nearest(process, r.Text, p => backend ? p.IsBackend : p.IsFrontend)
            );
    }

    private static string? Nearest(ProcessConfig process, string name, System.Predicate<ProxyConfig> fits) =>
        Spelling.Nearest(name, process.Proxies.FindAll(fits).ConvertAll(p => p.Name));

    private static void Server(ProcessConfig process, ProxyReference r, DiagnosticSink sink)
    {
        int slash = r.Text.IndexOf('/');
        string name = r.Text[(slash + 1)..];
        if (r.Text.Length == 0 || slash < 0 && IsUnknown(r.Section))
            return;
        ProxyConfig? proxy =
            slash < 0
                ? r.Section
                : process.Proxies.Find(p => p.Name == r.Text[..slash] && p.IsBackend)
                    ?? process.Proxies.Find(p => p.Name == r.Text[..slash]);
        if (proxy is null)
            sink.Error(
                r.At,
                $"unable to find proxy '{r.Text[..slash]}' referenced in '{r.Keyword}'.",
                r.Text,
                Nearest(process, r.Text[..slash], p => p.IsBackend)
            );
        else if (!proxy.Servers.Exists(s => s.Name == name))
            sink.Error(
                r.At,
                $"unable to find server '{name}' in proxy '{proxy.Name}' referenced in '{r.Keyword}'.",
                r.Text,
                Spelling.Nearest(name, proxy.Servers.ConvertAll(s => s.Name))
            );
    }
}
