// Checks that run a program: "option external-check", "external-check command" and "path", and what the global section has to permit.
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class ExternalCheckLines
{
    private static void Command(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "the program"))
            return;
        HealthCheckConfig check = c.Proxy.HealthCheck;
        (check.Command, check.CommandPosition) = (c[0], c.Position);
    }

    private static void Path(DirectiveContext c)
    {
        if (c.Expect(1, 1, "a path, like '/usr/bin:/bin'"))
            c.Proxy.HealthCheck.CommandPath = c[0];
    }

    private static void Permit(DirectiveContext c)
    {
        if (!c.Expect(0, 1, "nothing or 'preserve-env'"))
            return;
        if (c.Count == 1 && c[0] != "preserve-env")
        {
            c.Error($"'external-check' only supports 'preserve-env' as an argument, got '{c[0]}'.", c[0]);
            return;
        }
        c.Global.ExternalChecks = true;
        c.Global.ExternalChecksKeepEnvironment |= c.Count == 1;
    }

    private static void Fork(DirectiveContext c)
    {
        if (c.Expect(0, 0, "no argument"))
            c.Global.MayFork = !c.IsNo;
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("option external-check", SectionKinds.BackSide, c => CheckLines.Plain(c, CheckKind.External), true),
        new("external-check command", SectionKinds.BackSide, Command),
        new("external-check path", SectionKinds.BackSide, Path),
        new("external-check", SectionKinds.Global, Permit),
        new("insecure-fork-wanted", SectionKinds.Global, Fork, true),
    ];
}
