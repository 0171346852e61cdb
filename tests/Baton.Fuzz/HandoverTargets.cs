// Fuzz targets of what one process tells the next: a neighbour may be of another version, or no Baton at all.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Baton.Configuration;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Core.Frames;
using Baton.Engine;
using Baton.Engine.Build;
using Baton.Engine.Handover;
using Baton.Engine.Rules;
using Baton.Handover.Sockets;

namespace Baton.Fuzz;

internal static class HandoverTargets
{
    private static readonly EngineState s_engine = BuildEngine();

    private static EngineState BuildEngine()
    {
        var loader = new ConfigurationLoader(sink => new ExpressionParser(EngineCatalog.Create(), sink));
        ProcessConfig config = loader.LoadOnly(
            """
            frontend f
                mode http
                bind 127.0.0.1:1
                timeout client 1s
                default_backend b
                http-request set-var(proc.a) int(1)
            backend b
                mode http
                timeout connect 1s
                timeout server 1s
                server s 127.0.0.1:1
            """ + "\n",
            "fuzz.cfg"
        ) ?? throw new FuzzFailure("the configuration of the fuzz target is wrong");
        return new EngineBuilder(config, new ResourceLimits(100, 1024)) { Workers = 1 }.Build()
            ?? throw new FuzzFailure("the engine of the fuzz target cannot be built");
    }

    /// <summary>The first byte chooses who reads. A cursor never goes backwards or beyond, and says when it was cut short.</summary>
    public static void Frames(byte[] bytes)
    {
        if (bytes.Length == 0)
            return;
        ReadOnlySpan<byte> rest = bytes.AsSpan(1);
        List<IHandoverParticipant> participants = Participants.All();
        int choice = bytes[0] % (participants.Count + 1);
        var reader = new FrameReader(rest);
        if (choice < participants.Count)
        {
            participants[choice].Read(s_engine, ref reader);
            return;
        }
        Walk(rest);
    }

    /// <summary>Reads by what the bytes themselves ask for, beside an offset that is moved by hand.</summary>
    private static void Walk(ReadOnlySpan<byte> bytes)
    {
        var reader = new FrameReader(bytes);
        int at = 0;
        while (!reader.AtEnd && !reader.IsShort)
        {
            int kind = reader.Byte() % 5;
            at++;
            int size = kind switch
            {
                0 => 1,
                1 => 2,
                2 => 4,
                3 => 8,
                _ => at + 4 <= bytes.Length ? 4 + BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]) : int.MaxValue,
            };
            bool fits = size >= 0 && size <= bytes.Length - at && (kind != 4 || size >= 4);
            switch (kind)
            {
                case 0:
                    reader.Byte();
                    break;
                case 1:
                    reader.UInt16();
                    break;
                case 2:
                    reader.Int32();
                    break;
                case 3:
                    reader.Int64();
                    break;
                default:
                    reader.Blob();
                    break;
            }
            FuzzTargets.Expect(!fits, reader.IsShort);
            if (!fits)
                return;
            at += size;
            FuzzTargets.Expect(bytes.Length - at, reader.Remaining);
        }
    }

    /// <summary>Descriptions are the same however the payload is torn.</summary>
    public static void Sockets(byte[] bytes)
    {
        var whole = new List<string>();
        int end = 0;
        while (SocketDescription.TryRead(bytes, ref end, out string space, out string device))
            whole.Add($"{space}|{device}");
        var torn = new List<string>();
        int at = 0;
        for (int length = 0; length <= bytes.Length; length++)
            while (SocketDescription.TryRead(bytes.AsSpan(0, length), ref at, out string space, out string device))
                torn.Add($"{space}|{device}");
        FuzzTargets.Expect(string.Join('\n', whole), string.Join('\n', torn));
        FuzzTargets.Expect(end, at);
    }
}
