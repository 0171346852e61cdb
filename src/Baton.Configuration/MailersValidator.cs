// "email-alert" lines once the whole configuration has been read: all that is needed is there, and so is the section.
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;

namespace Baton.Configuration;

internal static class MailersValidator
{
    /// <summary>COMPAT: what is not complete is ignored with a warning.</summary>
    public static void Validate(ProxyConfig proxy, ProcessConfig process, DiagnosticSink sink)
    {
        if (proxy.EmailAlert is not { } alert)
            return;
        string kind =
            proxy.IsFrontend && proxy.IsBackend ? "proxy"
            : proxy.IsFrontend ? "frontend"
            : "backend";
        if (!alert.IsComplete)
        {
            ConfigurationValidator.Whole(
                sink,
                Severity.Warning,
                alert.Position,
                $"'email-alert' will be ignored for {kind} '{proxy.Name}' (the presence any of 'email-alert from', 'email-alert level' "
                    + "'email-alert mailers', 'email-alert myhostname', or 'email-alert to' requires each of 'email-alert from', "
                    + "'email-alert mailers' and 'email-alert to' to be present)."
            );
            proxy.EmailAlert = null;
        }
        else if (process.Mailers.Find(m => m.Name == alert.Mailers) is null)
            sink.Error(
                alert.Position,
                $"{kind} '{proxy.Name}': unable to find mailers '{alert.Mailers}'.",
                alert.Mailers!,
                Spelling.Nearest(alert.Mailers!, process.Mailers.ConvertAll(static m => m.Name))
            );
    }
}
