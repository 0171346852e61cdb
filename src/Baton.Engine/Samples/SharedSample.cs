using System.Collections.Concurrent;
using System.Threading;
using Baton.Configuration.Expressions;

namespace Baton.Engine.Samples;

/// <summary>A sample expression that depends on nothing but a message's head, one for all places of the configuration that ask for
/// it.</summary>
internal sealed class SharedSample
{
    // one configuration a process
    private static readonly ConcurrentDictionary<string, SharedSample> s_all = new();
    private static int s_count;

    private int _uses;

    private SharedSample(SampleExpressionConfig config)
    {
        Config = config;
        Index = Interlocked.Increment(ref s_count);
        OfResponse = (config.Needs & SampleNeeds.ResponseHead) != 0;
    }

    public SampleExpressionConfig Config { get; }

    /// <summary>Counts from 1.</summary>
    public int Index { get; }

    /// <summary>More than one place asks: remembering its values pays.</summary>
    public bool IsShared => _uses > 1;

    public bool OfResponse { get; }

    /// <summary>The one of an expression; null when its value depends on more than the head, or is no text.</summary>
    public static SharedSample? Of(SampleExpressionConfig config)
    {
        if (config.Fetch is not SampleFetch { OfHeadAlone: true } || config.Output != SampleType.String)
            return null;
        foreach ((ConverterKeyword converter, _) in config.Converters)
            if (((SampleConverter)converter).ConvertOn is not null)
                return null;
        SharedSample shared = s_all.GetOrAdd(config.Text, static (_, c) => new SharedSample(c), config);
        Interlocked.Increment(ref shared._uses);
        return shared;
    }
}
