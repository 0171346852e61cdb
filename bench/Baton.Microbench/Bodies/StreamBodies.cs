// What runs once a request on its stream: rules with their conditions and headers, and the log line.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Baton.Engine.Connections;
using Baton.Engine.Logs;
using Baton.Engine.Loop;
using Baton.Engine.Rules;
using Baton.Engine.Streams;

namespace Baton.Microbench.Bodies;

internal static unsafe class StreamBodies
{
    private const int ArenaSize = 8192;

    private const string Configuration = """
        global
            maxconn 100
        defaults
            mode http
            timeout connect 1s
            timeout client 1s
            timeout server 1s
        frontend fe
            bind 127.0.0.1:1
            log 127.0.0.1:514 local0
            option httplog
            acl is_api path_beg /api/ /v1/ /v2/
            acl is_asset path_end .js .css .png
            acl from_inside src 10.0.0.0/8 192.168.0.0/16
            http-request deny if is_api !from_inside
            http-request set-header X-Asset yes if is_asset
            http-request set-header X-Client %[src]:%[src_port]
            http-request set-var(txn.lang) req.hdr(accept-language),field(1,-),lower
            http-request del-header X-Requested-With
            default_backend be
        backend be
            server s1 127.0.0.1:2

        """;

    internal static void Add(SortedDictionary<string, Action> all)
    {
        all["rules-http-request"] = Rules();
        all["log-httplog"] = Log();
        all["pools-1000"] = Pools();
    }

    /// <summary>What a thousand requests at a time take out of a worker's pools, and give back.</summary>
    private static Action Pools()
    {
        Worker worker = new Laboratory(Configuration).Engine.Workers[0];
        const int count = 1000;
        var clients = new ClientConnection[count];
        var servers = new ServerConnection[count];
        var streams = new HttpStream[count];
        var blocks = new nint[count * 4];
        return () =>
        {
            for (int i = 0; i < count; i++)
            {
                (clients[i], servers[i], streams[i]) = (
                    worker.ClientConnections.Rent()!,
                    worker.ServerConnections.Rent()!,
                    worker.HttpStreams.Rent()!
                );
                (blocks[4 * i], blocks[4 * i + 1]) = ((nint)worker.Buffers.Rent(), (nint)worker.Buffers.Rent());
                (blocks[4 * i + 2], blocks[4 * i + 3]) = ((nint)worker.HeaderTables.Rent(), (nint)worker.RequestLines.Rent());
            }
            for (int i = 0; i < count; i++)
            {
                worker.ClientConnections.Return(clients[i]);
                worker.ServerConnections.Return(servers[i]);
                worker.HttpStreams.Return(streams[i]);
                worker.Buffers.Return((byte*)blocks[4 * i]);
                worker.Buffers.Return((byte*)blocks[4 * i + 1]);
                worker.HeaderTables.Return((byte*)blocks[4 * i + 2]);
                worker.RequestLines.Return((byte*)blocks[4 * i + 3]);
            }
        };
    }

    private static Action Rules()
    {
        var lab = new Laboratory(Configuration);
        RuleList rules = lab.Frontend.Rules!;
        // SAFETY: lives as long as the process.
        var arena = (byte*)NativeMemory.Alloc(ArenaSize);
        var spare = (byte*)NativeMemory.Alloc(ArenaSize);
        AllBodies.Must(rules.Run(lab.Stream) == Verdict.Continue);
        return () =>
        {
            lab.Parse();
            lab.Stream.RequestHead.SetArena(arena, spare, ArenaSize);
            AllBodies.Must(rules.Run(lab.Stream) == Verdict.Continue && lab.Stream.RequestHead.ArenaUsed > 0);
        };
    }

    private static Action Log()
    {
        var lab = new Laboratory(Configuration);
        var format = new FormattedText(lab.Frontend.Config.LogFormat!, FormatUse.LogLine);
        var line = new byte[8192];
        return () => AllBodies.Must(format.Write(lab.Stream, line) > 80);
    }
}
