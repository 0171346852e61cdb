// "show schema json": what the JSON forms of "show stat" and "show info" look like, as a JSON schema (draft 4). Written
// with apostrophes for quotes.
namespace Baton.Control.Cli;

internal static class JsonSchema
{
    private const string Common =
        "'field':{'$ref':'#/definitions/field'},'processNum':{'$ref':'#/definitions/processNum'},'tags':{'$ref':'#/definitions/tags'},";

    private static string Value(string type, string kind, string limits) =>
        $"'{type}Value':{{'properties':{{'type':{{'type':'string','enum':['{type}']}},'value':{{'type':'{kind}'{limits}}}}},'required':['type','value']}},";

    private static string Reference(string type) => $"{{'$ref':'#/definitions/typedValue/definitions/{type}Value'}}";

    private const string Info =
        "{'title':'Info','type':'array','items':{'title':'InfoItem','type':'object','properties':{"
        + Common
        + "'value':{'$ref':'#/definitions/typedValue'}},'required':['field','processNum','tags','value']}}";

    private const string Stat =
        "{'title':'Stat','type':'array','items':{'title':'InfoItem','type':'object','properties':{"
        + "'objType':{'enum':['Frontend','Backend','Listener','Server','Unknown']},'proxyId':{'type':'integer','minimum':0},'id':{'type':'integer','minimum':0},"
        + Common
        + "'typedValue':{'$ref':'#/definitions/typedValue'}},'required':['objType','proxyId','id','field','processNum','tags','value']}}";

    private const string Error = "{'title':'Error','type':'object','properties':{'errorStr':{'type':'string'}},'required':['errorStr']}";

    private const string Tags =
        "{'type':'object','origin':{'type':'string','enum':['Metric','Status','Key','Config','Product','Unknown']},"
        + "'nature':{'type':'string','enum':['Gauge','Limit','Min','Max','Rate','Counter','Duration','Age','Time','Name','Output','Avg', 'Unknown']},"
        + "'scope':{'type':'string','enum':['Cluster','Process','Service','System','Unknown']},'required':['origin','nature','scope']}";

    private static readonly string s_values =
        "{'type':'object','oneOf':["
        + string.Join(',', Reference("s32"), Reference("s64"), Reference("u32"), Reference("u64"), Reference("str"))
        + "],'definitions':{"
        + Value("s32", "integer", ",'minimum':-2147483648,'maximum':2147483647")
        + Value("s64", "integer", ",'minimum':-9007199254740991,'maximum':9007199254740991")
        + Value("u32", "integer", ",'minimum':0,'maximum':4294967295")
        + Value("u64", "integer", ",'minimum':0,'maximum':9007199254740991")
        + Value("str", "string", "")
        + "'unknownValue':{'properties':{'type':{'type':'integer','minimum':0},'value':{'type':'string','enum':['unknown']}},'required':['type','value']}}}";

    public static string Text { get; } =
        (
            "{'$schema':'http://json-schema.org/draft-04/schema#','oneOf':["
            + Info
            + ","
            + Stat
            + ","
            + Error
            + "],'definitions':{'field':{'type':'object','pos':{'type':'integer','minimum':0},'name':{'type':'string'},'required':['pos','name']},"
            + "'processNum':{'type':'integer','minimum':1},'tags':"
            + Tags
            + ",'typedValue':"
            + s_values
            + "}}"
        ).Replace('\'', '"');
}
