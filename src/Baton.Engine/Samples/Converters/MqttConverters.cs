// The first messages of MQTT (manual 7.3.1): mqtt_is_valid, mqtt_field_value.
using System;
using System.Globalization;
using Baton.Configuration.Expressions;

namespace Baton.Engine.Samples.Converters;

internal static class MqttConverters
{
    /// <summary>By the numbers of the types.</summary>
    private static readonly string[] s_types =
    [
        "",
        "CONNECT",
        "CONNACK",
        "PUBLISH",
        "PUBACK",
        "PUBREC",
        "PUBREL",
        "PUBCOMP",
        "SUBSCRIBE",
        "SUBACK",
        "UNSUBSCRIBE",
        "UNSUBACK",
        "PINGREQ",
        "PINGRESP",
        "DISCONNECT",
        "AUTH",
    ];

    private static readonly (string Name, MqttField Field)[] s_connect =

        [
            ("flags", MqttField.Flags),
            ("protocol_name", MqttField.ProtocolName),
            ("protocol_version", MqttField.ProtocolVersion),
            ("client_identifier", MqttField.ClientIdentifier),
            ("will_topic", MqttField.WillTopic),
            ("will_payload", MqttField.WillPayload),
            ("username", MqttField.Username),
            ("password", MqttField.Password),
            ("keepalive", MqttField.KeepAlive),
        ],
        s_acknowledgement =
        [("flags", MqttField.Flags), ("protocol_version", MqttField.ProtocolVersion), ("reason_code", MqttField.ReasonCode)];

    /// <summary>Properties of version 5, by number. The manual has 18 for the delay of a will, which is 24 on the wire.</summary>
    private static readonly int[] s_connectProperties = [1, 2, 3, 8, 9, 17, 18, 21, 22, 23, 24, 25, 33, 34, 38, 39],
        s_acknowledgementProperties = [17, 18, 19, 21, 22, 26, 28, 31, 33, 34, 36, 37, 38, 39, 40, 41, 42];

    private static string? CheckField(Argument[] a)
    {
        int type = Array.FindIndex(s_types, 1, t => t.Equals(a[0].Text, StringComparison.OrdinalIgnoreCase));
        if (type < 0 && (!int.TryParse(a[0].Text, out type) || type <= 0 || type >= s_types.Length))
            return $"Unknown MQTT type '{a[0].Text}'";
        bool isConnect = type == MqttMessage.Connect;
        if (!isConnect && type != MqttMessage.ConnectAcknowledgement)
            return $"only the fields of {s_types[1]} and {s_types[2]} can be read, not those of '{a[0].Text}'";
        var field = (int)
            Array.Find(isConnect ? s_connect : s_acknowledgement, f => f.Name.Equals(a[1].Text, StringComparison.OrdinalIgnoreCase)).Field;
        if (
            field == 0
            && (
                !int.TryParse(a[1].Text, out field)
                || Array.IndexOf(isConnect ? s_connectProperties : s_acknowledgementProperties, field) < 0
            )
        )
            return $"Unknown MQTT field name '{a[1].Text}' for packet type '{a[0].Text}'";
        a[0] = a[0] with { Number = type };
        a[1] = a[1] with { Number = isConnect && field == 18 ? 24 : field };
        return null;
    }

    private static bool IsValid(ref SampleValue v)
    {
        var message = new MqttMessage(v.Text, wanted: 0);
        MqttOutcome outcome = message.Read();
        if (outcome == MqttOutcome.Incomplete)
            v.MayChange = true;
        else
            v.SetBool(outcome == MqttOutcome.Right);
        return outcome != MqttOutcome.Incomplete;
    }

    private static bool Field(Argument[] a, Span<byte> m, ref SampleValue v)
    {
        var message = new MqttMessage(v.Text, (int)a[1].Number);
        MqttOutcome outcome = message.Read();
        v.MayChange |= outcome == MqttOutcome.Incomplete;
        if (outcome != MqttOutcome.Right || !message.IsFound || message.Type != a[0].Number)
            return false;
        if (!message.IsNumber)
            v.SetBinary(message.Bytes);
        else
        {
            // COMPAT: numbers are text as well
            message.Number.TryFormat(m, out int n, default, CultureInfo.InvariantCulture);
            v.SetBinary(m[..n]);
        }
        return true;
    }

    internal static readonly SampleConverter[] Rows =
    [
        new()
        {
            Name = "mqtt_is_valid",
            Input = SampleType.Binary,
            Output = SampleType.Bool,
            Summary = "whether the bytes begin with CONNECT or CONNACK of MQTT",
            Convert = (a, m, ref v) => IsValid(ref v),
        },
        new()
        {
            Name = "mqtt_field_value",
            Input = SampleType.Binary,
            Output = SampleType.Binary,
            Summary = "field of a CONNECT or CONNACK message of MQTT",
            Convert = Field,
            Arguments = [new(ArgumentKind.String, "packettype"), new(ArgumentKind.String, "field")],
            Check = CheckField,
        },
    ];
}
