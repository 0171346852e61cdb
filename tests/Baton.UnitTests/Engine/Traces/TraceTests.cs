// Sources of traces, the words that set them, and the ring that keeps what they tell.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Engine.Traces;
using Xunit;

namespace Baton.UnitTests.Engine.Traces;

public sealed class TraceTests
{
    private const int New = 0,
        Work = 1,
        End = 2;

    private static TraceSource Make() =>
        new(
            "s",
            "a source",
            [TraceLock.Nothing, TraceLock.Session],
            null,
            new TraceEvent("new", "n"),
            new TraceEvent("work", "w"),
            new TraceEvent("end", "e")
        );

    private static TraceOrders Orders(params TraceSource[] sources) => new(sources) { IsTrial = true };

    private static string? Apply(TraceOrders orders, string words) => orders.Apply(words.Split(' '), new StringBuilder());

    private static TraceSubject Session(object session) => new(0) { Session = session };

    [Fact]
    public void Nothing_is_told_before_it_is_started_and_has_a_sink()
    {
        TraceSource source = Make();
        TraceOrders orders = Orders(source);
        Assert.False(source.Admit(Work, TraceLevel.User, default));
        Assert.Null(Apply(orders, "s start now"));
        Assert.False(source.Admit(Work, TraceLevel.User, default));
        Assert.Null(Apply(orders, "s sink buf0"));
        Assert.True(source.Admit(Work, TraceLevel.User, default));
        Assert.False(source.Admit(Work, TraceLevel.Proto, default));
        Assert.Null(Apply(orders, "s level proto event -work"));
        Assert.False(source.Admit(Work, TraceLevel.Proto, default));
        Assert.True(source.Admit(New, TraceLevel.Proto, default));
        // a wider event lets the narrower one through
        Assert.Null(Apply(orders, "s event +work event -new"));
        Assert.True(source.Admit(New, TraceLevel.Proto, default, also: Work));
        Assert.Null(Apply(orders, "0"));
        Assert.False(source.IsOn);
    }

    [Fact]
    public void Events_start_pause_and_stop_it()
    {
        TraceSource source = Make();
        Assert.Null(Apply(Orders(source), "s sink buf0 start new pause end pause now"));
        Assert.Equal(TraceState.Waiting, source.State);
        Assert.False(source.Admit(Work, TraceLevel.User, default));
        Assert.True(source.Admit(New, TraceLevel.User, default));
        Assert.True(source.Admit(Work, TraceLevel.User, default));
        // the event that ends it is told
        Assert.True(source.Admit(End, TraceLevel.User, default));
        Assert.Equal(TraceState.Waiting, source.State);
        Assert.Null(Apply(Orders(source), "s stop any"));
        Assert.True(source.Admit(New, TraceLevel.User, default));
        Assert.Equal(TraceState.Stopped, source.State);
    }

    [Fact]
    public void A_lock_holds_to_the_first_and_a_follower_to_its_leader()
    {
        TraceSource source = Make(),
            follower = new("f", "", [TraceLock.Nothing], null, new TraceEvent("x", ""));
        TraceOrders orders = Orders(source, follower);
        Assert.Null(Apply(orders, "s sink buf0 lock session pause end start now"));
        Assert.Null(Apply(orders, "f sink buf0 follow s"));
        object one = new(),
            two = new();
        Assert.False(follower.Admit(0, TraceLevel.User, Session(one)));
        Assert.True(source.Admit(New, TraceLevel.User, Session(one)));
        Assert.False(source.Admit(New, TraceLevel.User, Session(two)));
        Assert.True(follower.Admit(0, TraceLevel.User, Session(one)));
        Assert.False(follower.Admit(0, TraceLevel.User, Session(two)));
        // somebody else's end is no end
        Assert.False(source.Admit(End, TraceLevel.User, Session(two)));
        Assert.Equal(TraceState.Running, source.State);
        Assert.True(source.Admit(End, TraceLevel.User, Session(one)));
        Assert.False(follower.Admit(0, TraceLevel.User, Session(one)));
    }

    [Theory]
    [InlineData("x start now", "No such trace source")]
    [InlineData("s foo bar", "Unknown trace keyword")]
    [InlineData("s foo", "Unknown trace keyword")]
    [InlineData("s level loud", "No such trace level")]
    [InlineData("s level 3", "No such trace level")]
    [InlineData("s verbosity loud", "No such verbosity level")]
    [InlineData("s sink x", "No such sink")]
    [InlineData("s lock backend", "Unsupported lock-on criterion")]
    [InlineData("s event x", "No such trace event")]
    [InlineData("s event now", "No such trace event")]
    [InlineData("s start -x", "No such trace event")]
    [InlineData("s follow x", "No such trace source")]
    public void What_is_not_understood_is_said(string words, string why) => Assert.Equal(why, Apply(Orders(Make()), words));

    [Fact]
    public void Lines_of_a_configuration_are_tried_on_nobody()
    {
        Assert.Null(TraceSources.FaultIn(["h1", "sink", "buf0", "start", "now"]));
        Assert.Equal("No such trace event", TraceSources.FaultIn(["h1", "event", "x"]));
        Assert.NotNull(TraceSources.FaultIn(["h1"]));
        Assert.NotNull(TraceSources.FaultIn(["h1", "level"]));
        Assert.Equal(TraceState.Stopped, TraceSources.H1.State);
        Assert.False(TraceSwitch.On);
    }

    [Fact]
    public void Names_are_not_there_twice()
    {
        foreach (TraceSource source in TraceSources.All)
        {
            Assert.InRange(source.Events.Length, 1, 63);
            Assert.Distinct(Array.ConvertAll(source.Events, static e => e.Name));
            Assert.Contains(TraceLock.Nothing, source.Criteria);
            Assert.Equal(source.Own is not null, Array.IndexOf(source.Criteria, TraceLock.Own) >= 0);
        }
    }

    [Fact]
    public void The_ring_keeps_the_last_lines_whole()
    {
        var ring = new TraceRing(64);
        long at = 0;
        Assert.Equal("", ring.Read(ref at, 100));
        for (int i = 0; i < 20; i++)
            ring.Append($"line {i:00}");
        string all = ring.Read(ref at, 1000);
        string[] lines = all.TrimEnd('\n').Split('\n');
        Assert.Equal("line 19", lines[^1]);
        Assert.All(lines, static l => Assert.Matches("^line [0-9][0-9]$", l));
        Assert.InRange(lines.Length, 6, 8);
        Assert.Equal("", ring.Read(ref at, 1000));
        ring.Append("more");
        Assert.Equal("more\n", ring.Read(ref at, 1000));
        // a reader that was overtaken goes on with what there is
        long slow = 0;
        Assert.StartsWith("line 1", ring.Read(ref slow, 1), StringComparison.Ordinal);
        ring.Append(new string('x', 500));
        Assert.InRange(ring.Read(ref at, 1000).Length, 20, 40);
    }
}
