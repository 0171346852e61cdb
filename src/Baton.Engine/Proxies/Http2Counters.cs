// What has passed on the HTTP/2 connections of one frontend or backend: the columns h2_* of the statistics. A part of its TrafficCounters.
using System;
using Baton.Http.H2;

namespace Baton.Engine.Proxies;

/// <summary>OWNER: as its TrafficCounters. Names are those of the columns.</summary>
public struct Http2Counters
{
    /// <summary>Frames that came.</summary>
    public long HeadersReceived,
        DataReceived,
        SettingsReceived,
        ResetsReceived,
        GoAwaysReceived;

    /// <summary>Faults of peers, by what they ended; and the frames that said so, and others of their kind.</summary>
    public long ConnectionErrors,
        StreamErrors,
        ResetsSent,
        GoAwaysSent;

    /// <summary>Since the start.</summary>
    public long Connections,
        Streams;

    /// <summary>Now, in this process.</summary>
    public int OpenConnections,
        OpenStreams;

    /// <summary>How many of them add up, in the order in which they pass from one process to the next.</summary>
    public const int SumCount = 11;

    /// <summary>Counts a frame that came.</summary>
    public void NoteReceived(FrameType type)
    {
        switch (type)
        {
            case FrameType.Headers:
                HeadersReceived++;
                break;
            case FrameType.Data:
                DataReceived++;
                break;
            case FrameType.Settings:
                SettingsReceived++;
                break;
            case FrameType.RstStream:
                ResetsReceived++;
                break;
            case FrameType.GoAway:
                GoAwaysReceived++;
                break;
        }
    }

    /// <summary>Adds what it has counted to that many sums.</summary>
    public readonly void AddTo(Span<long> sums)
    {
        ReadOnlySpan<long> mine =
        [
            HeadersReceived,
            DataReceived,
            SettingsReceived,
            ResetsReceived,
            GoAwaysReceived,
            ConnectionErrors,
            StreamErrors,
            ResetsSent,
            GoAwaysSent,
            Connections,
            Streams,
        ];
        for (int i = 0; i < mine.Length; i++)
            sums[i] += mine[i];
    }

    /// <summary>Adds what another process has counted.</summary>
    public void Absorb(ReadOnlySpan<long> sums)
    {
        HeadersReceived += sums[0];
        DataReceived += sums[1];
        SettingsReceived += sums[2];
        ResetsReceived += sums[3];
        GoAwaysReceived += sums[4];
        ConnectionErrors += sums[5];
        StreamErrors += sums[6];
        ResetsSent += sums[7];
        GoAwaysSent += sums[8];
        Connections += sums[9];
        Streams += sums[10];
    }

    /// <summary>Forgets what adds up; what is open stays so.</summary>
    public void Clear() => this = new Http2Counters { OpenConnections = OpenConnections, OpenStreams = OpenStreams };
}
