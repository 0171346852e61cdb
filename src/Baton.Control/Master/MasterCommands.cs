// What the master itself answers on its command line; everything else belongs to a worker ("@1 COMMAND").
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Interop.Linux;

namespace Baton.Control.Master;

public static class MasterCommands
{
    private sealed record Row(
        string Words,
        string Arguments,
        CliLevel Level,
        string Summary,
        Action<MasterProcess, MasterCliConnection> Run
    );

    /// <summary>What the master's command line understands: its own rows, and how a worker is addressed.</summary>
    public static IEnumerable<string> Names
    {
        get
        {
            foreach (Row row in s_rows)
                yield return row.Words;
            foreach (string word in MasterCliConnection.Prefixes)
                yield return word;
        }
    }

    internal static void Run(MasterProcess master, MasterCliConnection client, CliLevel level, string[] words)
    {
        if (words[0] == "help")
        {
            client.Print(Help(level));
            return;
        }
        string line = string.Join(' ', words);
        Row? found = null;
        foreach (Row row in s_rows)
            if (
                (line == row.Words || line.StartsWith(row.Words + " ", StringComparison.Ordinal))
                && row.Words.Length > (found?.Words.Length ?? 0)
            )
                found = row;
        if (line == "show cli level")
        {
            client.Print(
                level switch
                {
                    CliLevel.User => "user\n",
                    CliLevel.Operator => "operator\n",
                    _ => "admin\n",
                }
            );
            return;
        }
        if (found is null)
            client.Print($"Unknown command: '{words[0]}', but maybe one of the following ones is a better match:\n{Help(level)}");
        else if (found.Level > level)
            client.Print("Permission denied\n");
        else
            found.Run(master, client);
    }

    private static string Help(CliLevel level)
    {
        var text = new StringBuilder("The following commands are valid at this level:\n");
        text.Append(
            $"  {"@!<pid>", -40}: send a command to the <pid> process\n  {"@<relative pid>", -40}: send a command to the <relative pid> process\n"
        );
        text.Append($"  {"@master", -40}: send a command to the master process\n");
        foreach (Row row in s_rows)
            if (row.Level <= level && row.Words[0] != '_')
                text.Append($"  {(row.Words + " " + row.Arguments).TrimEnd(), -40}: {row.Summary}\n");
        text.Append(
            $"  {"operator", -40}: lower the level of the current CLI session to operator\n  {"user", -40}: lower the level of the current CLI session to user\n"
        );
        text.Append($"  {"show cli level", -40}: display the level of the current CLI session\n");
        return text.Append(
                $"  {"help", -40}: list the commands\n  {"prompt", -40}: toggle interactive mode with prompt\n  {"quit", -40}: disconnect\n"
            )
            .ToString();
    }

    private static void Reload(MasterProcess master, MasterCliConnection client, bool hard)
    {
        client.WaitsForReload = true;
        if (master.Reload(hard) is not { } why)
            return;
        client.WaitsForReload = false;
        client.Print($"Success=0\n--\n{why}\n");
    }

    /// <summary>COMPAT: HAProxy's columns.</summary>
    private static void ShowProcesses(MasterProcess master, MasterCliConnection client)
    {
        ProcessTable table = master.Table;
        var text = new StringBuilder($"{"#<PID>", -16}{"<type>", -16}{"<reloads>", -16}{"<uptime>", -16}{"<version>", -16}\n");
        AppendProcess(text, table.Master, "master", $"{table.Master.Reloads} [failed: {table.Master.FailedReloads}]");
        text.Append("# workers\n");
        if (master.Current is { } current)
            AppendProcess(text, current, "worker", Number(current.Reloads));
        bool old = false;
        foreach (WorkerProcess worker in table.Workers)
        {
            if (worker == master.Current || worker == master.Starting)
                continue;
            if (!old)
                text.Append("# old workers\n");
            old = true;
            AppendProcess(text, worker, "worker", Number(worker.Reloads), Remaining(worker));
        }
        if (master.Starting is { } starting)
        {
            text.Append("# starting workers\n");
            AppendProcess(text, starting, "worker", Number(starting.Reloads));
        }
        client.Print(text.Append("# programs\n").ToString());
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>What an old worker still has, and why, in its own words ("show remaining"); empty from one that does not say.</summary>
    private static string Remaining(WorkerProcess worker)
    {
        const int patienceMs = 100;
        const string prefix = "Remaining: ";
        if (worker.CommandFd < 0 || !SocketNames.Pair(out int mine, out int theirs))
            return "";
        SocketNames.SetTimeouts(mine, patienceMs);
        nint sent = DescriptorPassing.Send(worker.CommandFd, [0, 0], [theirs], Sockets.MSG_NOSIGNAL | Sockets.MSG_DONTWAIT);
        Files.close(theirs);
        var answer = new StringBuilder();
        byte[] chunk = new byte[1024];
        if (sent == 2 && SocketNames.Send(mine, "show remaining\n"u8) > 0)
            for (int n; answer.Length < 4096 && (n = Files.Read(mine, chunk)) > 0; )
                answer.Append(Encoding.UTF8.GetString(chunk, 0, n));
        Files.close(mine);
        string line = answer.ToString().Trim();
        return line.StartsWith(prefix, StringComparison.Ordinal) ? line[prefix.Length..].Split('\n')[0] : "";
    }

    private static void AppendProcess(StringBuilder text, WorkerProcess p, string type, string reloads, string remaining = "")
    {
        long up = Math.Max(0, MasterProcess.WallClock - p.StartedAt);
        string uptime = string.Create(CultureInfo.InvariantCulture, $"{up / 86400}d{up / 3600 % 24:00}h{up / 60 % 60:00}m{up % 60:00}s");
        text.Append(
            CultureInfo.InvariantCulture,
            $"{p.Pid, -16}{type, -16}{reloads, -16}{uptime, -16}{p.Version, -16}{(remaining.Length > 0 ? " " : "")}{remaining}\n"
        );
    }

    private static void ShowStartupLogs(MasterProcess master, MasterCliConnection client)
    {
        client.Print(master.StartupLog);
        if (master.LastStartMs > 0)
            client.Print($"The worker served {master.LastStartMs} ms after it was started.\n");
    }

    /// <summary>The master's copies of the listening sockets: "-x" works on its socket as well.</summary>
    private static void GetSockets(MasterProcess master, MasterCliConnection client) => master.Keeper.Serve(client.Release());

    private static readonly Row[] s_rows =
    [
        new("reload", "", CliLevel.Admin, "start a worker on the current configuration", (m, c) => Reload(m, c, false)),
        new("hard-reload", "", CliLevel.Admin, "the same, and old workers end at once", (m, c) => Reload(m, c, true)),
        new("show proc", "[debug]", CliLevel.Operator, "show processes status", ShowProcesses),
        new("show startup-logs", "", CliLevel.Operator, "messages of the last start", ShowStartupLogs),
        new("show version", "", CliLevel.User, "show version of the current process", (m, c) => c.Print(m.Options.Version + "\n")),
        new("_getsocks", "", CliLevel.Admin, "pass listening sockets", GetSockets),
    ];
}
