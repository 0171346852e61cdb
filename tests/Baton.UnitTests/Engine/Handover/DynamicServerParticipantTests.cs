// What one process tells the next of servers added at run time: whole, torn anywhere, and with nonsense in it.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Configuration;
using Baton.Configuration.Expressions;
using Baton.Core.Frames;
using Baton.Engine;
using Baton.Engine.Build;
using Baton.Engine.Handover;
using Baton.Engine.Proxies;
using Baton.Engine.Rules;
using Baton.Engine.Servers;
using Xunit;

namespace Baton.UnitTests.Engine.Handover;

public sealed class DynamicServerParticipantTests
{
    private static EngineState Build(params string[] backends)
    {
        var loader = new ConfigurationLoader(sink => new ExpressionParser(EngineCatalog.Create(), sink));
        string text = string.Concat(
            backends.Select(b => $"backend {b}\n    timeout connect 1s\n    timeout server 1s\n    server old 127.0.0.1:1 id 7\n")
        );
        return new EngineBuilder(loader.LoadOnly(text, "test.cfg")!, new ResourceLimits(10, 4096)) { Workers = 1 }.Build()!;
    }

    private static BackendState Backend(EngineState engine, string name) => engine.FindBackend(name)!;

    private static ServerState Add(EngineState engine, string backend, params string[] words)
    {
        Assert.True(DynamicServers.Create(Backend(engine, backend), EngineCatalog.Create(), words, 0, out string wrong), wrong);
        return Backend(engine, backend).FindServer(words[0])!;
    }

    private static byte[] Tell(IHandoverParticipant participant, EngineState engine, int room = 1 << 16)
    {
        var all = new List<byte>();
        participant.Begin(engine);
        var writer = new FrameWriter();
        while (participant.WriteNext(engine, writer, room))
        {
            Assert.True(writer.Length < room + 1024);
            all.AddRange(writer.Written);
            writer.Clear();
        }
        return all.ToArray();
    }

    private static void Hear(EngineState engine, ReadOnlySpan<byte> told)
    {
        var reader = new FrameReader(told);
        new DynamicServerParticipant().Read(engine, ref reader);
    }

    [Fact]
    public void Servers_are_made_anew_from_their_words()
    {
        EngineState one = Build("a", "b"),
            other = Build("a", "b");
        Add(one, "a", "x", "127.0.0.1:80", "weight", "5");
        Add(one, "b", "y", "127.0.0.2:81", "id", "50", "backup", "enabled");
        Hear(other, Tell(new DynamicServerParticipant(), one));
        ServerState x = Backend(other, "a").FindServer("x")!,
            y = Backend(other, "b").FindServer("y")!;
        Assert.Equal((1, 5, true, "127.0.0.1:80"), (x.Id, x.Weight, x.IsInMaintenance, x.Endpoint!.Text));
        Assert.Equal((50, true, false, "127.0.0.2:81"), (y.Id, y.Config.Backup, y.IsInMaintenance, y.Endpoint!.Text));
        // and told on
        EngineState third = Build("a");
        Hear(third, Tell(new DynamicServerParticipant(), other));
        Assert.Equal(["old", "x"], Backend(third, "a").Servers.Select(s => s.Name));
    }

    [Fact]
    public void The_second_time_only_what_has_changed_is_told()
    {
        EngineState one = Build("a"),
            other = Build("a");
        ServerState gone = Add(one, "a", "x", "127.0.0.1:80");
        var participant = new DynamicServerParticipant();
        Hear(other, Tell(participant, one));
        Assert.Empty(Tell(participant, one));
        Assert.True(DynamicServers.TryRemove(gone));
        Add(one, "a", "x", "127.0.0.1:80", "weight", "9");
        Hear(other, Tell(participant, one));
        Assert.Equal(9, Backend(other, "a").FindServer("x")!.Weight);
        Assert.True(DynamicServers.TryRemove(Backend(one, "a").FindServer("x")!));
        Hear(other, Tell(participant, one));
        Assert.Null(Backend(other, "a").FindServer("x"));
        Assert.Empty(Tell(participant, one));
    }

    [Fact]
    public void Many_come_in_pieces_that_stand_alone()
    {
        EngineState one = Build("a"),
            other = Build("a");
        for (int i = 0; i < 200; i++)
            Add(one, "a", $"s{i}", "127.0.0.1:80");
        var participant = new DynamicServerParticipant();
        participant.Begin(one);
        var writer = new FrameWriter();
        int pieces = 0;
        for (; participant.WriteNext(one, writer, 512); writer.Clear(), pieces++)
        {
            Assert.InRange(writer.Length, 1, 600);
            Hear(other, writer.Written);
        }
        Assert.InRange(pieces, 10, 200);
        Assert.Equal(201, Backend(other, "a").Servers.Count);
        Assert.Equal(Backend(one, "a").Servers.Select(s => (s.Name, s.Id)), Backend(other, "a").Servers.Select(s => (s.Name, s.Id)));
    }

    [Fact]
    public void Torn_anywhere_it_makes_whole_servers_or_none()
    {
        EngineState one = Build("a"),
            other = Build("a");
        Add(one, "a", "x", "127.0.0.1:80", "weight", "5");
        byte[] told = Tell(new DynamicServerParticipant(), one);
        for (int length = 0; length < told.Length; length++)
            Hear(other, told.AsSpan(0, length));
        Assert.Equal(["old"], Backend(other, "a").Servers.Select(s => s.Name));
    }

    private static byte[] Record(byte what, string backend, string server, int id, int count, params string[] words)
    {
        var w = new FrameWriter();
        int record = w.BeginRecord();
        w.Byte(what);
        w.Text(backend);
        w.Text(server);
        w.Int32(id);
        w.UInt16(count);
        foreach (string word in words)
            w.Text(word);
        w.EndRecord(record);
        return w.Written.ToArray();
    }

    [Fact]
    public void Nonsense_makes_none_and_harms_none()
    {
        EngineState engine = Build("a");
        var warnings = new List<string>();
        engine.Notices.Warning = warnings.Add;
        foreach (
            byte[] record in (byte[][])
                [
                    Record(1, "a", "x", 3, 0),
                    Record(1, "a", "x", 3, 60_000, "x", "127.0.0.1:80"),
                    Record(1, "a", "x", 3, 2, "y", "127.0.0.1:80"),
                    Record(1, "a", "x", -3, 2, "x", "127.0.0.1:80"),
                    Record(9, "a", "x", 3, 2, "x", "127.0.0.1:80"),
                    Record(2, "a", "old", 7, 2, "old", "127.0.0.1:1"),
                    Record(1, "a", "old", 7, 2, "old", "127.0.0.9:1"),
                    Record(1, "a", "x", 3, 2000, [.. Enumerable.Repeat("x", 2000)]),
                ]
        )
            Hear(engine, record);
        Assert.Empty(warnings);
        Assert.Equal(["127.0.0.1:1"], Backend(engine, "a").Servers.Select(s => s.Endpoint!.Text));
        Hear(engine, Record(1, "a", "x", 3, 3, "x", "127.0.0.1:80", "nosuchword"));
        Assert.Contains("a/x, added at run time, is dropped: ", Assert.Single(warnings), StringComparison.Ordinal);
        warnings.Clear();
        byte[] missing = Record(1, "none", "x", 3, 2, "x", "127.0.0.1:80");
        Hear(engine, [.. missing, .. missing]);
        Assert.Contains("'none'", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_is_taken_is_another_one()
    {
        EngineState engine = Build("a");
        var warnings = new List<string>();
        engine.Notices.Warning = warnings.Add;
        Hear(engine, Record(1, "a", "x", 7, 4, "x", "127.0.0.1:80", "id", "7"));
        Assert.Equal(1, Backend(engine, "a").FindServer("x")!.Id);
        Assert.Single(warnings);
    }

    private static EngineState WithDefaults(string text = "")
    {
        var loader = new ConfigurationLoader(sink => new ExpressionParser(EngineCatalog.Create(), sink));
        string defaults =
            "defaults d\n    mode http\n    timeout connect 1s\n    timeout server 1s\nbackend a\n    server old 127.0.0.1:1\n";
        return new EngineBuilder(loader.LoadOnly(defaults + text, "test.cfg")!, new ResourceLimits(10, 4096)) { Workers = 1 }.Build()!;
    }

    [Fact]
    public void Backends_are_made_anew_with_their_servers_and_published_or_not()
    {
        EngineState one = WithDefaults(),
            other = WithDefaults("backend taken\nbackend z\n    id 4\n");
        foreach (string name in (string[])["x", "y", "taken"])
            Assert.NotNull(DynamicBackends.Create(one, name, "d", null, name == "x" ? "of-x" : null, 0, out _));
        Backend(one, "y").IsPublished = true;
        Backend(one, "a").IsPublished = false;
        Backend(one, "taken").IsPublished = true;
        Add(one, "y", "s", "127.0.0.1:80");
        var participant = new DynamicServerParticipant();
        Hear(other, Tell(participant, one, 64));
        Assert.Equal(["a", "taken", "z", "x", "y"], other.Backends.Select(b => b.Name));
        // a number that is another one's here is the lowest that is free
        Assert.Equal([2, 3, 4, 5, 6], other.Backends.Select(b => b.Config.Id));
        Assert.Equal(("of-x", false), (Backend(other, "x").Config.Guid, Backend(other, "x").IsPublished));
        Assert.True(Backend(other, "y").IsPublished && Backend(other, "y").FindServer("s") is not null);
        Assert.False(Backend(other, "a").IsPublished);
        Assert.Empty(Tell(participant, one));

        Assert.Null(DynamicBackends.TryRemove(Backend(one, "x")));
        Backend(one, "a").IsPublished = true;
        Hear(other, Tell(participant, one));
        Assert.Null(other.FindBackend("x"));
        Assert.True(Backend(other, "a").IsPublished);
    }

    [Fact]
    public void A_torn_or_wrong_backend_is_none()
    {
        EngineState one = WithDefaults(),
            other = WithDefaults(),
            poor = Build("a");
        Assert.NotNull(DynamicBackends.Create(one, "x", "d", "tcp", null, 0, out _));
        Backend(one, "x").IsPublished = true;
        Add(one, "x", "s", "127.0.0.1:80");
        byte[] told = Tell(new DynamicServerParticipant(), one);
        // up to the end of the first record
        for (int length = 0; length < 4 + System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(told); length++)
            Hear(other, told.AsSpan(0, length));
        Assert.Single(other.Backends);
        var warnings = new List<string>();
        poor.Notices.Warning = warnings.Add;
        Hear(poor, told);
        Assert.Contains("Backend x, added at run time, is dropped with its servers: ", Assert.Single(warnings), StringComparison.Ordinal);
    }
}
