namespace Baton.Configuration.Expressions;

/// <summary>Which type of sample may stand where another is asked for (manual, "Converters"); the engine does the casting.</summary>
public static class SampleCasts
{
    /// <summary>False when no sample of the one type is ever one of the other.</summary>
    public static bool Exists(SampleType from, SampleType to)
    {
        if (to is SampleType.Any or SampleType.Same || from is SampleType.Any or SampleType.Same || from == to)
            return true;
        bool fromAddress = from is SampleType.Address or SampleType.IPv4 or SampleType.IPv6,
            toAddress = to is SampleType.Address or SampleType.IPv4 or SampleType.IPv6;
        return to switch
        {
            SampleType.String or SampleType.Binary => true,
            SampleType.Bool or SampleType.Integer => from is not (SampleType.Binary or SampleType.Method or SampleType.IPv6),
            SampleType.Method => from is SampleType.String,
            _ => toAddress && (fromAddress || from is SampleType.String or SampleType.Integer),
        };
    }
}
