"""What is wrong with a site in plain words, and what to try."""

from collections.abc import Mapping
from dataclasses import dataclass

from diemcau.domain.examination import Fault
from diemcau.domain.refusal import Text


@dataclass(frozen=True)
class Words:
    """``reason``: what was found; ``advice``: what whoever is in the room should try first."""

    reason: Text
    advice: Text


WORDS: Mapping[Fault, Words] = {
    Fault.NO_PICTURE: Words(
        Text("Không nhận được hình của điểm cầu.", "No picture comes from the site."),
        Text(
            "Kiểm tra camera đã cắm và đã được chọn trong trang phòng họp, rồi kết nối lại.",
            "See that the camera is plugged in and chosen on the room's page, then join again.",
        ),
    ),
    Fault.WRONG_PICTURE: Words(
        Text("Hình nhận được là của điểm cầu khác.", "The picture that comes is another site's."),
        Text(
            "Thoát ra và vào lại bằng đúng đường dẫn, mã truy cập của điểm cầu mình.",
            "Leave, and join again with the link or code of this very site.",
        ),
    ),
    Fault.BLACK: Words(
        Text("Hình của điểm cầu đen hoàn toàn.", "The site's picture is black."),
        Text(
            "Mở nắp che ống kính; kiểm tra đúng camera, đúng cổng HDMI và camera đã bật.",
            "Open the lens cover; see that it is the right camera and input, and switched on.",
        ),
    ),
    Fault.FROZEN: Words(
        Text("Hình của điểm cầu đứng yên.", "The site's picture stands still."),
        Text(
            "Rút cáp camera, cắm lại; nếu chưa được, khởi động lại máy hoặc thiết bị đầu cuối.",
            "Unplug the camera and plug it in again; if that fails, restart computer or terminal.",
        ),
    ),
    Fault.DARK: Words(
        Text("Hình của điểm cầu quá tối.", "The site's picture is too dark."),
        Text(
            "Bật thêm đèn trong phòng, đừng quay camera về phía cửa sổ; tăng độ sáng của camera.",
            "Switch more lights on, turn the camera away from windows; raise its brightness.",
        ),
    ),
    Fault.OVER_EXPOSED: Words(
        Text("Hình của điểm cầu bị cháy sáng.", "The site's picture is over-exposed."),
        Text(
            "Kéo rèm, đừng quay camera về phía đèn, cửa sổ, màn hình; giảm độ sáng của camera.",
            "Draw the curtains, turn the camera away from lamps, windows and screens; lower its"
            " brightness.",
        ),
    ),
    Fault.LOW_FRAME_RATE: Words(
        Text(
            "Hình của điểm cầu giật: quá ít khung hình mỗi giây.",
            "The site's picture stutters: too few pictures a second.",
        ),
        Text(
            "Đóng các chương trình khác trên máy, bật thêm đèn; cắm camera vào cổng USB khác.",
            "Close other programs on the computer, switch more lights on; use another USB port.",
        ),
    ),
    Fault.SMALL_PICTURE: Words(
        Text(
            "Hình của điểm cầu quá nhỏ, không nét.", "The site's picture is too small to be sharp."
        ),
        Text(
            "Đặt camera, thiết bị đầu cuối ở độ phân giải 1280×720 trở lên.",
            "Set the camera or terminal to 1280×720 or more.",
        ),
    ),
    Fault.NO_SOUND: Words(
        Text("Không nhận được tiếng của điểm cầu.", "No sound comes from the site."),
        Text(
            "Kiểm tra micro đã cắm và đã được chọn trong trang phòng họp, rồi kết nối lại.",
            "See that the microphone is plugged in and chosen on the room's page, then join again.",
        ),
    ),
    Fault.SILENT: Words(
        Text(
            "Không nghe thấy gì từ micro của điểm cầu.",
            "Nothing is heard from the site's microphone.",
        ),
        Text(
            "Bật micro (cả nút trên micro và bàn trộn), rồi nói thử khi kiểm tra lại.",
            "Switch the microphone on, at itself and at the mixing desk, and speak while it is"
            " tested again.",
        ),
    ),
    Fault.QUIET: Words(
        Text("Tiếng của điểm cầu quá nhỏ.", "The site's sound is too soft."),
        Text(
            "Nói gần micro hơn, tăng mức thu của micro, rồi nói thử khi kiểm tra lại.",
            "Speak closer to the microphone, raise its level, and speak while it is tested again.",
        ),
    ),
    Fault.CLIPPING: Words(
        Text("Tiếng của điểm cầu bị vỡ vì quá lớn.", "The site's sound is distorted: too loud."),
        Text(
            "Giảm mức thu của micro hoặc mức ra của bàn trộn.",
            "Lower the level of the microphone, or of the mixing desk's output.",
        ),
    ),
    Fault.NOISE: Words(
        Text("Tiếng của điểm cầu nhiều tạp âm.", "The site's sound is noisy."),
        Text(
            "Tắt quạt, điều hòa gần micro, đóng cửa; tắt các micro không dùng.",
            "Switch off fans and air conditioning near the microphone, shut the doors; switch off"
            " microphones that nobody uses.",
        ),
    ),
    Fault.HUM: Words(
        Text(
            "Tiếng của điểm cầu có tiếng ù của điện lưới.",
            "The site's sound has a hum of the mains in it.",
        ),
        Text(
            "Cắm máy tính và âm thanh vào cùng một ổ điện, thay cáp âm thanh, thử rút bộ sạc.",
            "Plug computer and sound into one socket, change the sound cable, try without the"
            " charger.",
        ),
    ),
    Fault.ECHO: Words(
        Text(
            "Điểm cầu làm vọng lại tiếng của điểm cầu khác.",
            "The site sends back the sound of others, as an echo.",
        ),
        Text(
            "Giảm loa, đặt micro xa loa, bật khử vọng; trong phòng chỉ một máy bật loa và micro.",
            "Turn the loudspeakers down and away from the microphones, switch echo cancelling on;"
            " let only one device in the room use loudspeaker and microphone.",
        ),
    ),
    Fault.LIP_SYNC: Words(
        Text(
            "Tiếng và hình của điểm cầu không khớp nhau.",
            "The site's sound and picture are not in step.",
        ),
        Text(
            "Cho hình, tiếng đi cùng một đường: cắm micro vào máy gửi hình; tắt bộ trễ tiếng của"
            " bàn trộn, chế độ xử lý hình của camera; rồi phát lại đoạn phim thử.",
            "Let picture and sound go one way: plug the microphone into what sends the picture;"
            " switch off the mixing desk's delay and the camera's picture processing; then play"
            " the test clip again.",
        ),
    ),
    Fault.ONE_WAY: Words(
        Text(
            "Điểm cầu gửi được nhưng không nhận được tiếng của điểm cầu chính.",
            "The site sends, but does not receive the sound of the main site.",
        ),
        Text(
            "Mở lại trang phòng họp; hỏi đơn vị quản lý mạng xem tường lửa có chặn UDP chiều về.",
            "Open the room's page again; ask whoever runs the network whether a firewall blocks UDP"
            " that comes back.",
        ),
    ),
    Fault.LOSS: Words(
        Text("Đường truyền của điểm cầu mất gói.", "The site's line loses packets."),
        Text(
            "Dùng dây mạng thay Wi-Fi, ngừng tải dữ liệu khác; nếu còn, báo nhà mạng.",
            "Use a cable instead of Wi-Fi, stop other downloads; if it lasts, tell the carrier.",
        ),
    ),
    Fault.LOSS_DOWN: Words(
        Text(
            "Đường truyền chiều về điểm cầu mất gói.",
            "The line loses packets on the way to the site.",
        ),
        Text(
            "Ngừng tải dữ liệu về, dùng dây mạng thay Wi-Fi; nếu còn, báo nhà mạng: chiều về.",
            "Stop downloads, use a cable instead of Wi-Fi; if it lasts, tell the carrier: the way"
            " down.",
        ),
    ),
    Fault.NARROW: Words(
        Text(
            "Băng thông chiều gửi của điểm cầu không đủ để hình nét.",
            "The line carries too little from the site for a sharp picture.",
        ),
        Text(
            "Ngừng gửi dữ liệu khác, dùng dây mạng thay Wi-Fi; nếu còn, đề nghị nhà mạng nâng"
            " băng thông chiều gửi.",
            "Stop other uploads, use a cable instead of Wi-Fi; if it lasts, ask the carrier for"
            " more bandwidth on the way up.",
        ),
    ),
    Fault.JITTER: Words(
        Text(
            "Độ trễ đường truyền của điểm cầu biến động mạnh.",
            "The latency of the site's line varies greatly.",
        ),
        Text(
            "Dùng dây mạng thay Wi-Fi, ngừng tải dữ liệu khác; nếu còn, báo nhà mạng.",
            "Use a cable instead of Wi-Fi, stop other downloads; if it lasts, tell the carrier.",
        ),
    ),
    Fault.DELAY: Words(
        Text("Đường truyền của điểm cầu trễ nhiều.", "The site's line is slow to arrive."),
        Text(
            "Tắt VPN, proxy nếu có; báo nhà mạng kiểm tra tuyến.",
            "Switch off VPN and proxy, if any; have the carrier look at the route.",
        ),
    ),
    Fault.NOT_REACHED: Words(
        Text(
            "Hình, tiếng của điểm cầu không lên được tới điểm cầu chính.",
            "The site's picture and sound do not reach the main site.",
        ),
        Text(
            "Cán bộ kỹ thuật MCU kiểm tra đường nối giữa các MCU; điểm cầu không phải làm gì.",
            "The MCU's technician looks at the links between the MCUs; the site need do nothing.",
        ),
    ),
}
