// add backend, del backend; publish backend and unpublish backend: whether rules may choose it.
using Baton.Configuration.Model;
using Baton.Engine.Build;
using Baton.Engine.Proxies;

namespace Baton.Control.Cli;

internal static class BackendCommands
{
    private const string Usage = "Usage: add backend <name> from <defaults> [mode <mode>] [guid <guid>]";

    private static void Add(CliRequest r)
    {
        string? mode = null,
            guid = null;
        bool isRight = r[2].Length > 0 && r[3] == "from" && r[4].Length > 0;
        for (int i = 5; isRight && i < r.Words.Count; i += 2)
        {
            isRight = r[i + 1].Length > 0;
            if (r[i] == "mode" && mode is null)
                mode = r[i + 1];
            else if (r[i] == "guid" && guid is null)
                guid = r[i + 1];
            else
                isRight = false;
        }
        if (!isRight)
            r.Fail(Usage);
        else if (DynamicBackends.Create(r.Engine, r[2], r[4], mode, guid, id: 0, out string wrong) is null)
            r.Fail(wrong);
        else
            r.Feedback(6, "New backend registered.");
    }

    private static bool Find(CliRequest r, out BackendState backend)
    {
        backend = r.FindBackend(r[2])!;
        if (backend is null)
            r.Fail(r[2].Length == 0 ? "A backend name is expected." : "No such backend.");
        return backend is not null;
    }

    private static void Delete(CliRequest r)
    {
        if (!Find(r, out BackendState backend))
            return;
        if (DynamicBackends.TryRemove(backend) is { } fault)
            r.Fail(fault);
        else
            r.Feedback(6, "Backend deleted.");
    }

    private static void Publish(CliRequest r, bool on)
    {
        if (!Find(r, out BackendState backend))
            return;
        backend.IsPublished = on;
        r.Feedback(6, on ? "Backend published." : "Backend unpublished.");
    }

    internal static readonly CliCommand[] Rows =
    [
        new("add backend", "<name> from <defaults> [mode <mode>] [guid <guid>]", CliLevel.Admin, "create a backend, unpublished", Add)
        {
            Modes = CliModes.Experimental,
        },
        new("del backend", "<name>", CliLevel.Admin, "remove an unpublished backend that was added", Delete)
        {
            Modes = CliModes.Experimental,
        },
        new("publish backend", "<name>", CliLevel.Operator, "let rules choose a backend", r => Publish(r, true)),
        new("unpublish backend", "<name>", CliLevel.Operator, "let rules pass a backend over", r => Publish(r, false)),
    ];
}
