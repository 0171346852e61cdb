// "baton top ADDRESS": what a running process does, live in a terminal, or once as text. It asks the runtime API, so it looks at
// HAProxy too.
using System;
using System.Globalization;
using System.Threading;
using Baton.Control.Top;
using Baton.Interop.Linux;

namespace Baton.Commands.Top;

internal static class TopCommand
{
    public const string Summary =
        "shows processes, frontends, backends, servers, streams and reloads, live, of Baton or HAProxy, "
        + "over a stats socket or a master's;\n"
        + "drains servers and ends streams by a key; --once prints one view as text";

    /// <summary>Between the two looks of one that is printed: rates want two.</summary>
    private const int OnceMs = 300;

    public static int Run(string[] args)
    {
        if (TopOptions.Parse(args, out string why) is not { } options)
            return Companions.Find("top")!.Refuse(why);
        var source = new TopSource(options.Address, options.Process);
        if (source.Look(options.View.Name, out why) is not { } first)
            return Fail(why);
        if (options.SortColumn is { } title)
        {
            TopTable table = new TopTables(first, null).Make(options.View.Name);
            int column = table.IndexOf(title);
            if (column < 0)
                return Fail($"'--sort' takes a column of {table.Name}: {string.Join(", ", Array.ConvertAll(table.Columns, c => c.Title))}");
            options.View.SortBy(column, options.IsReversed);
        }
        if (options.IsOnce || !Files.IsTerminal(0) || !Files.IsTerminal(1))
            return Print(options, source, first);
        return new TopTerminal(options.View, source, first).Run();
    }

    private static int Print(TopOptions options, TopSource source, TopSample first)
    {
        Thread.Sleep(OnceMs);
        if (source.Look(options.View.Name, out string why) is not { } now)
            return Fail(why);
        options.View.Show(new TopTables(now, first).Make(options.View.Name), int.MaxValue);
        StandardStreams.Out(new TopScreen(colors: false).Print(now, first, options.View));
        return 0;
    }

    internal static int Fail(string why)
    {
        StandardStreams.Error($"baton top: {why}\n");
        return 1;
    }
}
