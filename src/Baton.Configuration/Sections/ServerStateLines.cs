// Where the states of servers are read at start: server-state-base, server-state-file, load-server-state-from-file,
// server-state-file-name.
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class ServerStateLines
{
    private static void Base(DirectiveContext c)
    {
        if (c.Expect(1, 1, "one argument: a directory path") && !c.IsRepeated(c.Global.ServerStateBase is not null))
            c.Global.ServerStateBase = c[0];
    }

    private static void File(DirectiveContext c)
    {
        if (c.Expect(1, 1, "one argument: a file path") && !c.IsRepeated(c.Global.ServerStateFile is not null))
            c.Global.ServerStateFile = c[0];
    }

    private static void Load(DirectiveContext c)
    {
        ServerStateSource? source = c[0] switch
        {
            "global" => ServerStateSource.Global,
            "local" => ServerStateSource.Local,
            "none" => ServerStateSource.None,
            _ => null,
        };
        if (source is null)
            c.Error($"'{c.Keyword}' expects 'global', 'local' or 'none'. Got '{c[0]}'", c[0]);
        else
            c.Proxy.ServerStateSource = source.Value;
    }

    private static void FileName(DirectiveContext c)
    {
        if (c.Expect(0, 1, "a file name"))
            c.Proxy.ServerStateFileName = c[0] is "" or "use-backend-name" ? null : c[0];
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("server-state-base", SectionKinds.Global, Base),
        new("server-state-file", SectionKinds.Global, File),
        new("load-server-state-from-file", SectionKinds.BackSide, Load),
        new("server-state-file-name", SectionKinds.BackSide, FileName),
    ];
}
