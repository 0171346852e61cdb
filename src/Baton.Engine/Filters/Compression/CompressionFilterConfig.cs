// The lines "filter compression", "filter comp-req" and "filter comp-res": where in the order of filters messages are compressed. A proxy
// with "compression" lines and no filter has one by itself.
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Engine.Filters.Compression;

internal sealed class CompressionFilterConfig : StreamFilterConfig
{
    private const string Both = "compression",
        OfRequests = "comp-req",
        OfResponses = "comp-res";

    public bool IsOf(ChannelSide side) => Keyword.Name == Both || Keyword.Name == (side == ChannelSide.Request ? OfRequests : OfResponses);

    public override StreamFilter Create() => new CompressionFilter(this);

    /// <summary>That of a proxy which does not say where it stands.</summary>
    public static CompressionFilterConfig Implied(SourcePosition position) =>
        new()
        {
            Keyword = Rows[0],
            Name = Both,
            Position = position,
        };

    private static FilterConfig? Parse(FilterKeyword keyword, DirectiveContext c)
    {
        if (c.Count > 1)
        {
            _ = c.Arguments;
            c.Error($"'filter {keyword.Name}' : unknown keyword '{c[1]}'.", c[1]);
            return null;
        }
        var line = new CompressionFilterConfig
        {
            Keyword = keyword,
            Name = keyword.Name,
            Position = c.Position,
        };
        foreach (FilterConfig other in c.Proxy.Filters)
            if (
                other is CompressionFilterConfig before
                && (
                    before.IsOf(ChannelSide.Request) && line.IsOf(ChannelSide.Request)
                    || before.IsOf(ChannelSide.Response) && line.IsOf(ChannelSide.Response)
                )
            )
            {
                c.Error(
                    $"'filter {keyword.Name}' : a proxy supports only one compression filter, there is one at [{before.Position}].",
                    keyword.Name
                );
                return null;
            }
        return line;
    }

    internal static readonly FilterKeyword[] Rows = [new(Both, Parse), new(OfRequests, Parse), new(OfResponses, Parse)];
}
